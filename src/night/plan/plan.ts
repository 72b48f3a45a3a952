/**
 * Diff, guard and plan: stage ⟗ ledger → rows that differ → what is to be done about them, stored in one transaction. Nothing
 * is sent before that transaction is committed.
 */
import {
  classifyEncounter,
  classifyFault,
  classifyMerge,
  classifyPatient,
  classifyUndoneMerge,
} from '../../decide/classify.ts';
import type { DecisionContext } from '../../decide/decision.ts';
import { type ChangeCounts, type ChangeLimits, countChange, noChanges } from '../../decide/change.ts';
import { entities, type Entity } from '../../contract/contract.ts';
import { type Damage, isUnread } from '../../decide/source/source-damage.ts';
import type { Decision } from '../../decide/difference.ts';
import { RefusedFault } from '../../fault.ts';
import { builderOf } from '../../message/builder-version.ts';
import type { MessageContext } from '../../message/context.ts';
import type { HoldPolicy } from '../../decide/hold-reason.ts';
import {
  assertAccountedFor,
  countDecision,
  isAccountedFor,
  emptyRowCounts,
  type RowCounts,
} from '../../decide/row-count.ts';
import type { Ehr } from '../../ehr/ehr.ts';
import * as differences from '../../ledger/stage/differences.ts';
import { storePlannedShape, storeVerdict, takeShape, approvedThrough } from '../../ledger/stage/guard.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import {
  endIgnored,
  forgetSentAgain,
  moveWatermark,
  noteSimilarIds,
  storeCounts,
  storeQualityLines,
  takeOverOpenCalls,
} from '../../ledger/plan/plan.ts';
import type { Run } from '../../ledger/run/run.ts';
import {
  countStaged,
  findUnsentMerges,
  compareChunks,
  type FinishedStage,
  finishStage,
} from '../../ledger/stage/stage.ts';
import type { Session } from '../../postgres/session.ts';
import { PlanWriter } from './plan-writer.ts';
import { estimateCalls } from '../deliver/estimate-calls.ts';
import { guardNewTarget, guardPlan, refusedTarget } from './guard-plan.ts';
import { rankWhereMuchDiffers } from './rank-persons.ts';
import type { Progress } from '../../run/progress.ts';
import { refusedPlan } from '../../run/refused-plan.ts';
import { readAhead } from '../../async/read-ahead.ts';
import { type Scope, takesAllMerges } from '../../run/scope.ts';
import { SectionWatch } from '../stage/section-watch.ts';
import type { GuardedSource } from '../../run/source-reading.ts';
import type { Staged } from '../stage/stage.ts';

interface PlanRequest {
  readonly scope: Scope;
  /** `rerun --force`: send also what the ledger says is current. */
  readonly forced: boolean;
  /** Rows are due that the ledger itself has voided. */
  readonly afterRestore: boolean;
  /** What is due and left standing all the same. */
  readonly holdPolicy: HoldPolicy;
  /** A row of which a call was found in flight is sent once more; false where UNKNOWN_OUTCOME is hold. */
  readonly sendsAgain: boolean;
  /** Where the watermark goes if the plan is stored; null where this run does not move it. */
  readonly watermark: Date | null;
  readonly source: GuardedSource;
  /** `--allow-large-change`: a person vouches for what the guard would refuse. */
  readonly allowLargeChange: boolean;
  readonly limits: ChangeLimits;
  /** The plan is stored also where the guard refuses to send it; `refusal` says so. */
  readonly planOnly: boolean;
  /** `--new-target`: forgets what the former target was told and binds the ledger; null where it is bound already. */
  readonly bindAnew: (() => Promise<void>) | null;
  /** Where the guard looks at some of the rows that changed. */
  readonly ehr: Ehr;
  readonly context: MessageContext;
  readonly progress: Pick<Progress, 'note'>;
  /** Told, more than once, that there are calls to send. */
  readonly onCalls: () => void;
}

interface Planned {
  readonly counts: RowCounts;
  /** Why the guard refuses to send this plan; null where it may be sent. Never where it is going to be. */
  readonly refusal: string | null;
}

export async function plan(ledger: Ledger, run: Run, staged: Staged, request: PlanRequest): Promise<Planned> {
  const { writer } = ledger;
  const { builderVersion } = comparisonOf(request);
  await assertStageIsWhole(ledger, staged);
  if (request.bindAnew !== null) await startAnew(ledger, staged, request, request.bindAnew);
  if (!request.sendsAgain) await forgetSentAgain(writer);
  const isSweep = request.scope.kind === 'sweep';
  const finished = await finishStage(writer, run, { isSweep, builderVersion, damage: staged.damage });
  await compareChunks(writer, isSweep, comparisonOf(request));
  const clean = await differences.countClean(ledger.reader);
  await rankWhereMuchDiffers(ledger, staged.scanned, clean);
  const approved = await approvedThrough(ledger.reader);
  return writer.transaction(async () => {
    const found = await storeDifferences(ledger, run, staged, request, { ...finished, approved, clean });
    const refusal = await guarded(ledger, run, found, request, approved);
    await storeQualityLines(writer, run, request.source.qualityLines);
    await storeCounts(writer, run, { counts: found.counts, watermark: request.watermark, builderVersion });
    if (!run.planOnly) await supersedeEarlierPlans(writer, run, request);
    return { counts: found.counts, refusal };
  });
}

/** From here on this plan is what is owed, and the watermark stands where it looked to. A plan that is only stored changes neither. */
async function supersedeEarlierPlans(writer: Session, run: Run, { scope, watermark }: PlanRequest): Promise<void> {
  await takeOverOpenCalls(writer, run, { allRows: scope.kind === 'sweep', allMerges: takesAllMerges(scope) });
  await endIgnored(writer);
  if (watermark !== null) await moveWatermark(writer, run, watermark);
}

/**
 * The comparison reads what is committed, so a former target is forgotten before it. All that can refuse a load of the new target
 * is asked first.
 */
async function startAnew(
  ledger: Ledger,
  { scanned }: Staged,
  { allowLargeChange, limits }: PlanRequest,
  bindAnew: () => Promise<void>,
): Promise<void> {
  const rows = emptyRowCounts();
  for (const entity of entities) rows[entity].read = scanned[entity];
  const refusal = allowLargeChange ? null : await guardNewTarget(ledger, scanned, { rows, limits });
  if (refusal !== null) throw refusedTarget(refusal);
  await ledger.writer.transaction(bindAnew);
  await findUnsentMerges(ledger.writer);
}

/** Throws what the guard refuses, unless a person vouches for it or nothing is to be sent: then it gives the reason. */
async function guarded(
  ledger: Ledger,
  run: Run,
  { counts, changes, lostSections }: Found,
  request: PlanRequest,
  approved: Date | null,
): Promise<string | null> {
  const { scope, limits, allowLargeChange, planOnly, ehr } = request;
  const takesAll = takesAllMerges(scope);
  const mayBeRenamed = counts.encounter.orphan > 0 || counts.patient.gone > 0;
  const renamed = mayBeRenamed ? await noteSimilarIds(ledger.writer, run) : 0;
  const verdict = await guardPlan(ledger, run, counts, changes, {
    limits,
    takesAll,
    approved,
    sourceRefusal: request.source.refusal,
    lostSections,
    renamed,
    shape: ehr.shape,
    estimate: (of) => estimateCalls(ledger, run, request, of),
  });
  const refusal = allowLargeChange ? null : verdict.refusal;
  if (refusal !== null && !planOnly) throw refusedPlan(refusal, takesAll);
  await storeVerdict(ledger.writer, run, { changes: verdict.changes, refusal });
  if (takesAll)
    await (planOnly ? storePlannedShape(ledger.writer, run, ehr.shape) : takeShape(ledger.writer, ehr.shape));
  return refusal;
}

/** Unlogged tables are empty after a crash of Postgres: what was scanned must be what is compared (decision 9). */
async function assertStageIsWhole(ledger: Ledger, { scanned }: Staged): Promise<void> {
  const found = await countStaged(ledger.writer);
  const lost = entities.filter((entity) => found[entity] !== scanned[entity]);
  if (lost.length === 0) return;
  throw new RefusedFault(
    `The ledger's stage does not hold what was scanned (${lost.map((e) => `${e}: ${scanned[e]} scanned, ${found[e]} staged`).join('; ')}). ` +
      'Its Postgres probably restarted meanwhile. Nothing was sent; start the job again.',
  );
}

interface Found {
  readonly counts: RowCounts;
  readonly changes: ChangeCounts;
  /** Sections that most of the visits to be told have lost, a clause each. */
  readonly lostSections: readonly string[];
}

const comparisonOf = ({ forced, context }: PlanRequest): differences.Comparison => ({
  builderVersion: builderOf(context),
  forced,
});

interface Known extends FinishedStage {
  readonly approved: Date | null;
  readonly clean: differences.CleanCounts;
}

async function storeDifferences(
  ledger: Ledger,
  run: Run,
  staged: Staged,
  request: PlanRequest,
  known: Known,
): Promise<Found> {
  const planWriter = new PlanWriter(ledger.writer, run, request);
  try {
    const found = await decideDifferences(ledger, run, staged, request, known, planWriter);
    await planWriter.finish();
    return found;
  } finally {
    await planWriter.drain();
  }
}

/** Compares entity by entity, a page at a time: the next is read and decided while what is decided of this one is stored. */
async function decideDifferences(
  { reader, fingerprints }: Ledger,
  run: Run,
  staged: Staged,
  request: PlanRequest,
  { approved, clean, copies, damage }: Known,
  planWriter: PlanWriter,
): Promise<Found> {
  const counts = emptyRowCounts();
  const changes = noChanges();
  const decided = <Row extends { readonly presence: string | null }>(
    entity: Entity,
    rows: readonly Row[],
    classify: (row: Row, context: DecisionContext) => Decision,
  ): Decision[] =>
    rows.map((row) => {
      request.progress.note();
      const decision = classify(row, context);
      countDecision(counts[entity], decision);
      countChange(changes, entity, row.presence, decision, approved);
      return decision;
    });
  const comparison = comparisonOf(request);
  let unreadVisits: ReadonlySet<string> = new Set();
  // Only a sweep that follows other runs can have seen what the watermark missed.
  const context: DecisionContext = {
    watermark: request.scope.kind === 'sweep' ? run.watermark : null,
    ...request.holdPolicy,
    afterRestore: request.afterRestore,
    damage,
    isContentUnread: (encounterId) => unreadVisits.has(encounterId),
  };
  const hasDamagedFields = request.source.files.some(({ damagedFields }) => damagedFields > 0);
  const watch = await SectionWatch.open(request.ehr, fingerprints, damage.sections, hasDamagedFields);
  for (const entity of entities) {
    counts[entity].read = staged.scanned[entity] - (entity === 'merge' ? 0 : copies[entity]);
    counts[entity].unchanged += clean[entity].unchanged;
    counts[entity].not_due += clean[entity].not_due;
  }
  for await (const rows of readAhead(differences.rowFaults(reader))) {
    for (const row of rows) counts[row.entity][isUnread(row.fault) ? 'unread' : 'invalid'] += row.row_count;
    await planWriter.discrepancies(rows.map(classifyFault));
  }
  // If every row is clean or unusable, the diff is empty and skipped.
  const mayDiffer = (entity: Entity): boolean => !isAccountedFor(counts[entity]);
  if (mayDiffer('patient')) {
    for await (const rows of readAhead(differences.patientDifferences(reader, comparison))) {
      await planWriter.decisions(decided('patient', rows, classifyPatient));
    }
  }
  for await (const rows of readAhead(differences.mergeDifferences(reader, comparison))) {
    await planWriter.decisions(decided('merge', rows, classifyMerge));
  }
  if (takesAllMerges(request.scope)) {
    for await (const rows of readAhead(differences.undoneMerges(reader)))
      await planWriter.discrepancies(rows.map(classifyUndoneMerge));
  }
  if (mayDiffer('encounter')) {
    for await (const rows of readAhead(differences.encounterDifferences(reader, comparison))) {
      unreadVisits = await watch.look(rows);
      await planWriter.decisions(decided('encounter', rows, classifyEncounter));
    }
  }
  if (request.scope.kind === 'sweep' && !(await differences.seesAll(reader, clean)))
    await storeMissing(reader, planWriter, counts, damage);
  assertAccountedFor(counts);
  return { counts, changes, lostSections: watch.lostSections() };
}

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
