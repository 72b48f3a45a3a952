import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import type { PageFacts, PagePlan } from '../page/facts.ts';
import { readPagePlan } from '../page/read-facts.ts';
import { inFull } from '../../plain-text.ts';
import { type Summary, summarise } from '../summary.ts';

/** The findings of a `--plan-only` run, for the person who approves it. */
interface PlanFacts {
  readonly summary: Summary;
  readonly plan: PagePlan;
  /** The objection of the guard; null if the plan passes. */
  readonly refusal: string | null;
  /** Why `apply` would refuse the plan now, apart from the guard; null if it would run. */
  readonly obstacle: string | null;
}

interface StoredPlan {
  readonly plan_only: boolean;
  readonly status: string;
  readonly refusal: string | null;
  readonly applied_by: string | null;
  readonly overtaken_by: string | null;
}

/** Null if the run is an ordinary one. `known`: what its reports have read already. */
export async function readPlan(
  session: Session,
  runNumber: number,
  known: Pick<PageFacts, 'summary' | 'plan'> | null = null,
): Promise<PlanFacts | null> {
  const summary = known?.summary ?? (await summarise(session, runNumber));
  const stored = await session.one<StoredPlan>(statement('ledger/apply/find_plan'), [summary.run_id]);
  if (!stored.plan_only) return null;
  const { status, refusal, applied_by, overtaken_by } = stored;
  const obstacle =
    status !== 'done'
      ? `The run is ${status}, so there is no plan to send. Plan again with --plan-only.`
      : applied_by !== null
        ? `Run ${applied_by} has sent it.`
        : overtaken_by !== null
          ? `Run ${overtaken_by} is newer, so it cannot be sent any more. Plan again with --plan-only.`
          : null;
  return { summary, plan: known?.plan ?? (await readPagePlan(session, runNumber)), refusal, obstacle };
}

/** Two small tables, about 40 columns wide. */
export function describePlan({ summary, plan, refusal, obstacle }: PlanFacts): string[] {
  const { calls: planned } = plan;
  return [
    '',
    ...(planned.length === 0
      ? ['Nothing would be sent.']
      : numbers(
          ['Would be sent', 'new', 'changed', 'other', 'all'],
          planned.map((one) => [one.event_type, one.new, one.changed, one.calls - one.new - one.changed, one.calls]),
        )),
    '',
    ...numbers(
      ['Rows', 'patients', 'merges', 'visits'],
      rowWords.map(([word, name]) => [word, summary.patients[name], summary.merges[name], summary.encounters[name]]),
    ),
    '',
    ...howToSend(summary.run_id, refusal, obstacle),
  ];
}

function howToSend(runId: string, refusal: string | null, obstacle: string | null): string[] {
  if (obstacle !== null) return [obstacle];
  if (refusal === null) return ['The guard would let it pass. To send it:', `  redox-reconcile apply ${runId}`];
  return [
    `The guard would refuse it: ${refusal}.`,
    'If it really is so, plan again with --plan-only --allow-large-change, and apply that plan.',
  ];
}

const rowWords = [
  ['read', 'read'],
  ['unchanged', 'unchanged'],
  ['due', 'due'],
  ['  new', 'new'],
  ['  changed', 'changed'],
  ['waiting', 'waiting'],
  ['not due', 'not_due'],
  ['invalid', 'invalid'],
  ['orphan', 'orphan'],
  ['held', 'held'],
  ['gone', 'gone'],
] as const;

/** Lines of a word and right-aligned numbers. */
function numbers(header: readonly string[], rows: readonly (readonly [string, ...number[]])[]): string[] {
  const lines = [header, ...rows.map(([word, ...counts]) => [word, ...counts.map(inFull)])];
  const widthOf = (column: number): number => Math.max(...lines.map((line) => line[column]?.length ?? 0));
  return lines.map((line) =>
    line.map((text, column) => (column === 0 ? text.padEnd(widthOf(0)) : text.padStart(widthOf(column)))).join('  '),
  );
}
