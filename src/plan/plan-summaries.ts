/**
 * The patients' summaries of a plan. They are looked at where the plan has a call for the patient, so its other calls are stored first.
 */
import type { Decision, SummaryDifference } from '../decide/difference.ts';
import type { Comparison } from '../ledger/stage/differences.ts';
import { countPlannedCalls } from '../ledger/run/run.ts';
import { keepSummariesOwed, stagedSummaries, stageSummaries } from '../ledger/stage/summaries.ts';
import type { Services } from '../run/services.ts';
import type { PlanWriter } from './plan-writer.ts';
import { type LostLines, SectionWatch, sectionContent } from './section-watch.ts';

interface SummaryPlan {
  readonly comparison: Comparison;
  readonly isSweep: boolean;
  /** Of a further part of the plan: the last rank of the one before. */
  readonly afterRank?: number;
  /** The most calls of this part, in which first summaries of patients whom Redox has come last; null for all. */
  readonly mostCalls: number | null;
  readonly lostLines: LostLines;
  /** `unread`: those with content that may lack an unreadable line. */
  readonly decide: (rows: readonly SummaryDifference[], unread: ReadonlySet<string>) => readonly Decision[];
}

interface PlannedSummaries {
  readonly read: number;
  readonly waiting: number;
  readonly lostSections: readonly string[];
}

/** Decides page by page, in the transaction of the plan. */
export async function planSummaries(
  { ehr, ledger: { writer, fingerprints }, run }: Services,
  planWriter: PlanWriter,
  { comparison, isSweep, afterRank, mostCalls, lostLines, decide }: SummaryPlan,
): Promise<PlannedSummaries> {
  await planWriter.finish();
  const hasVersion = ehr.columnsOf('patient').has('summary_version');
  const room = mostCalls === null ? null : Math.max(0, mostCalls - (await countPlannedCalls(writer, run)));
  const choice = { isSweep, afterRank: afterRank ?? null, hasVersion, room };
  const { summaries: read, waiting } = await stageSummaries(writer, run, comparison, choice);
  if (read === 0) return { read, waiting, lostSections: [] };
  const watch = await SectionWatch.open(sectionContent('summary', ehr, fingerprints), lostLines);
  for await (const rows of stagedSummaries(writer)) {
    const decisions = decide(rows, await unreadIn(rows, watch));
    if (!run.planOnly) await keepSummariesOwed(writer, owedWithoutCall(rows, decisions));
    await planWriter.decisions(decisions);
    await planWriter.finish();
  }
  return { read, waiting, lostSections: watch.lostSections() };
}

/** After a merge the content is another patient's, so it cannot be compared with the earlier one. */
async function unreadIn(rows: readonly SummaryDifference[], watch: SectionWatch): Promise<ReadonlySet<string>> {
  const candidates = rows.filter(({ is_candidate, can_be_sent }) => is_candidate && can_be_sent);
  const lacking = await watch.look(
    candidates.map(({ owner_id, owner_differs, section_rows, section_digests }) => ({
      entity_id: owner_id,
      section_rows: owner_differs ? null : section_rows,
      section_digests: owner_differs ? null : section_digests,
    })),
  );
  return new Set(candidates.filter(({ owner_id }) => lacking.has(owner_id)).map(({ entity_id }) => entity_id));
}

/** Summaries that may have changed, or were owed, and get no call now. */
const owedWithoutCall = (rows: readonly SummaryDifference[], decisions: readonly Decision[]): readonly string[] =>
  rows.flatMap(({ entity_id, is_candidate }, index) =>
    is_candidate && decisions[index]?.calls.length === 0 ? [entity_id] : [],
  );
