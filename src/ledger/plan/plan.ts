/** Stores a plan: discrepancies and calls, in the one transaction that also moves the watermark. */
import type { CausedCall } from '../../decide/decision.ts';
import type { Discrepancy } from '../../decide/difference.ts';
import type { Waiting } from '../../decide/plan/waiting.ts';
import type { RowCounts } from '../../decide/change.ts';
import { eventTypes } from '../../decide/call.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import type { Run } from '../run/run.ts';
import { copyLines } from '../stage/copy-lines.ts';

export async function storeCalls(
  writer: Session,
  run: Run,
  calls: readonly CausedCall[],
  forced: boolean,
): Promise<void> {
  await copyLines(writer, statement('ledger/plan/copy_call'), calls, (call) => [
    String(run.number),
    String(call.rank),
    call.lane,
    String(positionOf(call)),
    call.eventType,
    call.entity,
    call.entityId,
    call.patientId,
    call.rowPatientId,
    call.mrn,
    call.plannedMrn,
    String(forced),
    call.scannedFingerprint,
    (call.openSince ?? run.startedAt).toISOString(),
    String(!run.planOnly),
    call.reason,
    call.cause?.kind ?? null,
    call.cause?.detail ?? null,
    timeOrNull(call.cause?.rowUpdatedAt ?? null),
  ]);
}

/** Within its person; a summary comes after the visits. */
export const positionOf = ({ eventType, entity }: Pick<CausedCall, 'eventType' | 'entity'>): number =>
  eventTypes.indexOf(eventType) + (entity === 'summary' ? 2 : 1);

export async function storeDiscrepancies(
  writer: Session,
  run: Run,
  discrepancies: readonly Discrepancy[],
): Promise<void> {
  await copyLines(
    writer,
    statement('ledger/plan/copy_discrepancy'),
    discrepancies,
    ({ entity, entityId, patientId, kind, detail, ...more }) => [
      String(run.number),
      entity,
      entityId,
      patientId,
      kind,
      detail,
      timeOrNull(more.rowUpdatedAt),
      more.rowFingerprint,
      timeOrNull(more.openSince),
      more.rejectedDates === null ? null : String(more.rejectedDates),
    ],
  );
}

/**
 * Lists patients whose ids differ only in spelling from gone or orphaned ones; returns how many gone patients seem to be back under
 * another spelling. In the transaction of the plan.
 */
export async function noteSimilarIds(writer: Session, run: Run): Promise<number> {
  return (await writer.one<{ renamed: number }>(statement('ledger/plan/note_similar_ids'), [run.number])).renamed;
}

/** A line of an extract, or a value, that could not be used unchanged. */
export interface QualityLine {
  readonly entity: 'patient' | 'merge' | 'encounter' | 'file';
  readonly entityId: string;
  readonly kind: string;
  readonly column: string | null;
  readonly line: number | null;
}

export async function storeQualityLines(writer: Session, run: Run, lines: readonly QualityLine[]): Promise<void> {
  await copyLines(
    writer,
    statement('ledger/plan/copy_data_quality'),
    lines,
    ({ entity, entityId, kind, column, line }) => [
      String(run.number),
      entity,
      entityId,
      null,
      kind,
      column,
      line === null ? null : String(line),
    ],
  );
}

/** The rows that a plan examined; it takes over their open calls from earlier plans. */
interface LookedAt {
  readonly allRows: boolean;
  readonly allMerges: boolean;
}

export async function takeOverOpenCalls(writer: Session, run: Run, { allRows, allMerges }: LookedAt): Promise<void> {
  await writer.run(statement('ledger/plan/take_over_open_calls'), [run.number, allRows, allMerges]);
}

/** Ends that the absence of rows is left as it is, where they are back, and that merges are, where they are undone. */
export async function endIgnored(writer: Session): Promise<void> {
  await writer.run(statement('ledger/plan/end_ignored'));
}

/** For a forced run: owes the merges of requested patients' former MRNs that Redox accepted and does not have. */
export async function oweLackingMrns(writer: Session): Promise<void> {
  await writer.run(statement('ledger/plan/owe_lacking_mrns'));
}

export async function forgetSentAgain(writer: Session): Promise<void> {
  await writer.run(statement('ledger/plan/forget_sent_again'));
}

/** What the last approved plan left to later nights. */
export interface LeftByPlan {
  /** Null: nothing. */
  readonly waiting: Waiting | null;
  readonly builder_version: number | null;
  /** Some of its calls were not started yet. */
  readonly has_planned: boolean;
}

/** Null before the first such plan. */
export async function leftByLastPlan(reader: Session): Promise<LeftByPlan | null> {
  const [left] = await reader.run<LeftByPlan>(statement('ledger/plan/read_waiting'));
  return left ?? null;
}

/** `watermark`: its new position, taken at once or when the plan is applied; null leaves it unchanged. */
export async function storeCounts(
  writer: Session,
  run: Run,
  {
    counts,
    waiting,
    watermark,
    builderVersion,
  }: { counts: RowCounts; waiting: Waiting | null; watermark: Date | null; builderVersion: number },
): Promise<void> {
  await writer.run(statement('ledger/plan/store_counts'), [
    run.number,
    JSON.stringify(counts),
    watermark,
    builderVersion,
    waiting === null ? null : JSON.stringify(waiting),
  ]);
}

export async function moveWatermark(writer: Session, run: Run, through: Date): Promise<void> {
  await writer.run(statement('ledger/plan/move_watermark'), [through, run.number]);
}

/** An infinite `updated_at` gives no time. */
function timeOrNull(time: Date | null): string | null {
  return time instanceof Date ? time.toISOString() : null;
}
