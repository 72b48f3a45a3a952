/** Diff: stage ⟗ ledger → rows that differ → what is to be done about them, stored page by page in the transaction of the plan. */
import {
  classifyEncounter,
  classifyFault,
  classifyMerge,
  classifyPatient,
  classifyUndoneMerge,
} from '../decide/classify.ts';
import { classifySummary } from '../decide/classify-summary.ts';
import { readAhead } from '../async/read-ahead.ts';
import { entities, type Entity, type Subject } from '../contract/contract.ts';
import {
  type ChangeCounts,
  countChange,
  noChanges,
  assertAccountedFor,
  countDecision,
  emptyRowCounts,
  isAccountedFor,
  noRows,
  type RowCounts,
} from '../decide/change.ts';
import type { DecisionContext } from '../decide/decision.ts';
import type { Decision, PatientDifference } from '../decide/difference.ts';
import type { Parts } from '../decide/plan/plan-ahead.ts';
import type { Waiting } from '../decide/plan/waiting.ts';
import type { HoldPolicy } from '../decide/hold-reason.ts';
import { type Damage, isUnread } from '../decide/source/source-damage.ts';
import { expectDelivery } from '../deliver/deliver.ts';
import * as differences from '../ledger/stage/differences.ts';
import { builderOf } from '../message/builder-version.ts';
import type { LeftByPlan } from '../ledger/plan/plan.ts';
import type { Session } from '../postgres/session.ts';
import type { FinishedStage } from '../ledger/stage/stage.ts';
import type { Progress } from '../run/run-log.ts';
import type { Staged } from '../stage/stage.ts';
import { type ScopedPolicy, takesAllMerges } from '../run/policy.ts';
import type { Services } from '../run/services.ts';
import { canPlanAtOnce, planNewRows } from './new-rows.ts';
import { PlanWriter } from './plan-writer.ts';
import { planSummaries } from './plan-summaries.ts';
import { SectionWatch, detailContent, sectionContent } from './section-watch.ts';

/** The stage, compared chunk by chunk. */
export interface Compared extends FinishedStage {
  readonly staged: Staged;
  readonly clean: differences.CleanCounts;
  readonly approved: Date | null;
  /** Rows whose turn is beyond PLAN_AHEAD, or in a further part of the plan. */
  readonly waiting: Waiting;
  /** The parts of the plan after the first. */
  readonly parts: Parts;
  /** PLAN_AHEAD, in calls; null for all. */
  readonly planAhead: number | null;
  /** What the last approved plan left; null before the first. */
  readonly left: LeftByPlan | null;
  readonly note: Progress['note'];
}

export interface Found extends Compared {
  readonly context: DecisionContext;
  readonly counts: RowCounts;
  readonly changes: ChangeCounts;
  /** Rows that Redox never had, due again because the last plan's call of them was not started. */
  readonly plannedAgain: Readonly<Record<'patient' | 'encounter', number>>;
  /** Sections that most of the planned visits have lost, a clause each. */
  readonly lostSections: readonly string[];
}

export async function diff(policy: ScopedPolicy, services: Services, compared: Compared): Promise<Found> {
  const onCalls = policy.planOnly ? (): void => undefined : expectDelivery;
  const planWriter = new PlanWriter(services.ledger.writer, services.run, { forced: policy.forced, onCalls });
  try {
    const found = await decideDifferences(policy, services, compared, planWriter);
    await planWriter.finish();
    return found;
  } finally {
    await planWriter.drain();
  }
}

/** Compares entity by entity, a page at a time: the next is read and decided while what is decided of this one is stored. */
async function decideDifferences(
  policy: ScopedPolicy,
  services: Services,
  compared: Compared,
  planWriter: PlanWriter,
): Promise<Found> {
  const {
    ehr,
    ledger: { reader, fingerprints },
    run,
    source,
  } = services;
  const { staged, clean, copies, damage, approved, waiting, parts, planAhead, note } = compared;
  const { scope, forced, afterRestore } = policy;
  const counts = emptyRowCounts();
  const summaries = noRows();
  const changes = noChanges();
  const plannedAgain = { patient: 0, merge: 0, encounter: 0, summary: 0 };
  const decided = <Row extends Pick<PatientDifference, 'open_state'> & { readonly presence: string | null }>(
    entity: Subject,
    rows: readonly Row[],
    classify: (row: Row, context: DecisionContext) => Decision,
  ): Decision[] =>
    rows.map((row) => {
      note();
      const decision = classify(row, context);
      countDecision(entity === 'summary' ? summaries : counts[entity], decision);
      countChange(changes, entity, row.presence, decision, approved);
      if (decision.rowClass === 'due' && row.presence === null && row.open_state === 'planned')
        plannedAgain[entity] += 1;
      return decision;
    });
  const newArePlanned = canPlanAtOnce(source);
  const comparison = { builderVersion: builderOf(policy.config.redox), forced, newArePlanned };
  let unread: ReadonlySet<string> = new Set();
  const withheld = new Set<string>();
  // Only a sweep that follows other runs can have seen what the watermark missed.
  const context: DecisionContext = {
    watermark: scope.kind === 'sweep' ? run.watermark : null,
    ...holdPolicyOf(policy),
    afterRestore,
    damage,
    isContentUnread: (id) => unread.has(id),
    isPatientWithheld: (id) => withheld.has(id),
  };
  const hasDamagedFields = source.files.some(({ damagedFields }) => damagedFields > 0);
  const watch = await SectionWatch.open(sectionContent('sections', ehr, fingerprints), {
    damaged: damage.sections,
    hasDamagedFields,
  });
  const patientWatch = await SectionWatch.open(detailContent(ehr, fingerprints), {
    damaged: damage.details,
    hasDamagedFields,
  });
  for (const entity of entities) {
    counts[entity].read = staged.scanned[entity] - (entity === 'merge' ? 0 : copies[entity]);
    counts[entity].unchanged += clean[entity].unchanged;
    counts[entity].not_due += clean[entity].not_due;
    if (entity !== 'merge') counts[entity].waiting += waiting.new[entity] + waiting.rebuilt[entity];
  }
  for await (const rows of readAhead(differences.rowFaults(reader))) {
    for (const row of rows) counts[row.entity][isUnread(row.fault) ? 'unread' : 'invalid'] += row.row_count;
    await planWriter.discrepancies(rows.map(classifyFault));
  }
  // If every row is clean or unusable, the diff is empty and skipped.
  const mayDiffer = (entity: Entity): boolean => !isAccountedFor(counts[entity]);
  const planNew = async (entity: 'patient' | 'encounter'): Promise<void> => {
    if (!newArePlanned || !mayDiffer(entity)) return;
    await planWriter.finish();
    for await (const { decision, ...rows } of planNewRows(entity, context, services, policy, approved)) {
      note(rows.calls);
      countDecision(counts[entity], decision, rows.calls);
      countChange(changes, entity, null, decision, approved, rows.calls - rows.owed);
      plannedAgain[entity] += rows.plannedBefore;
      planWriter.expectCalls();
    }
  };
  await planNew('patient');
  if (mayDiffer('patient')) {
    for await (const rows of readAhead(differences.patientDifferences(reader, comparison))) {
      unread = await patientWatch.look(rows);
      for (const { entity_id, presence, mrn_differs } of rows) {
        if (unread.has(entity_id) && (presence !== 'present' || mrn_differs)) withheld.add(entity_id);
      }
      await planWriter.decisions(decided('patient', rows, classifyPatient));
    }
  }
  if (mayDiffer('merge')) {
    for await (const rows of readAhead(differences.mergeDifferences(reader, comparison))) {
      await planWriter.decisions(decided('merge', rows, classifyMerge));
    }
  }
  if (takesAllMerges(scope)) {
    for await (const rows of readAhead(differences.undoneMerges(reader)))
      await planWriter.discrepancies(rows.map(classifyUndoneMerge));
  }
  await planNew('encounter');
  if (mayDiffer('encounter')) {
    for await (const rows of readAhead(differences.encounterDifferences(reader, comparison))) {
      unread = await watch.look(rows.filter(({ status }) => status === 'finished'));
      await planWriter.decisions(decided('encounter', rows, classifyEncounter));
    }
  }
  if (scope.kind === 'sweep' && !ignoresGone(policy) && !(await differences.seesAll(reader, clean)))
    await storeMissing(reader, planWriter, counts, damage);
  const lostSections = [...patientWatch.lostSections(), ...watch.lostSections()];
  if (!ehr.hasSummaries) {
    assertAccountedFor(counts);
    return { ...compared, context, counts, changes, plannedAgain, lostSections };
  }
  const ofSummaries = await planSummaries(services, planWriter, {
    comparison,
    isSweep: scope.kind === 'sweep',
    mostCalls: planAhead === null ? null : planAhead - parts.left,
    lostLines: { damaged: damage.summary, hasDamagedFields },
    decide: (rows, lacking) => {
      unread = lacking;
      return decided('summary', rows, classifySummary);
    },
  });
  const read = ofSummaries.read + ofSummaries.waiting;
  const all = { ...counts, summary: { ...summaries, read, waiting: ofSummaries.waiting } };
  assertAccountedFor(all);
  return {
    ...compared,
    waiting: { ...waiting, summaries: ofSummaries.waiting },
    context,
    counts: all,
    changes,
    plannedAgain,
    lostSections: [...lostSections, ...ofSummaries.lostSections],
  };
}

/** Patients who come and go by the rule of a group are absent from its export without being gone. */
const ignoresGone = ({ config: { ehr } }: ScopedPolicy): boolean => ehr.source.kind === 'fhir' && ehr.fhir.ignoresGone;

/** What a full sweep did not see is gone, unless it may stand in a line that could not be read. */
async function storeMissing(reader: Session, planWriter: PlanWriter, counts: RowCounts, damage: Damage): Promise<void> {
  for await (const rows of readAhead(differences.goneRows(reader))) {
    for (const { entity } of rows) {
      counts[entity][damage[entity] ? 'unread' : 'gone'] += 1;
      if (damage[entity]) counts[entity].read += 1;
    }
    await planWriter.discrepancies(
      rows.map((row) => ({
        entity: row.entity,
        entityId: row.entity_id,
        patientId: row.patient_id,
        kind: damage[row.entity] ? 'unread' : 'gone',
        detail: damage[row.entity] ? 'line_unread' : null,
        rowUpdatedAt: null,
        rowFingerprint: null,
        openSince: null,
        rejectedDates: null,
      })),
    );
  }
}

/**
 * The rows that this run leaves on hold. `rerun --only` retries rejected and ignored rows; rows with an unknown outcome need `--force` or
 * `resend --held`.
 */
function holdPolicyOf({ config, scope, forced, includesHeld, afterRestore }: ScopedPolicy): HoldPolicy {
  const isListed = scope.kind === 'only';
  const takesHeld = forced || includesHeld || afterRestore;
  return {
    holdsUnknown: config.unknownOutcome === 'hold' && !takesHeld,
    holdsRejected: !takesHeld && !isListed,
    leavesIgnored: !forced && !isListed,
  };
}
