/** The guard's queries and stored state in the ledger. */
import type { ChangeCounts, Figure } from '../../decide/change.ts';
import type { ContractShape } from '../../contract/contract-shape.ts';
import type { ColumnCount, KnownCounts } from '../../decide/guard.ts';
import { watchedColumns } from '../../contract/row/understood.ts';
import { usualNights } from '../../decide/guard.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import type { Call } from '../record/calls.ts';
import type { Run } from '../run/run.ts';

/** The start of the last run that passed the guard and was sent; null before the first. */
export async function approvedThrough(reader: Session): Promise<Date | null> {
  return (await reader.one<{ through: Date | null }>(statement('ledger/guard/read_approved_through'))).through;
}

/** Counts the sent rows, up to `enough` per entity unless that is null, and the rows owed before this run. */
export const countKnown = (reader: Session, approved: Date | null, enough: number | null): Promise<KnownCounts> =>
  reader.one<KnownCounts>(statement('ledger/guard/count_known'), [approved, enough]);

export async function hasSummaries(reader: Session): Promise<boolean> {
  return (await reader.one<{ has_summaries: boolean }>(statement('ledger/guard/has_summaries'))).has_summaries;
}

/** Rows that earlier plans owe, did not start, and Redox never had. */
export const countPlannedNew = (reader: Session): Promise<EntityNumbers> =>
  reader.one<EntityNumbers>(statement('ledger/guard/count_planned_new'));

/** Rows that Redox never had, that no approved run owed, and that the last sweep did not see; for a run in mode `changes`. */
export const countUnseenRows = (reader: Session, approved: Date | null): Promise<EntityNumbers> =>
  reader.one<EntityNumbers>(statement('ledger/guard/count_unseen_rows'), [approved]);

export async function countSentMerges(reader: Session): Promise<number> {
  return (await reader.one<{ merges: number }>(statement('ledger/guard/count_sent_merges'))).merges;
}

interface EntityNumbers {
  readonly patient: number;
  readonly encounter: number;
}

/** Counts the rows that this run found gone and that were not gone before. Called in the transaction of the plan. */
export const countNewlyGone = (writer: Session, run: Run): Promise<EntityNumbers> =>
  writer.one<EntityNumbers>(statement('ledger/guard/count_newly_gone'), [run.number]);

interface ColumnRow {
  readonly bit: number;
  readonly understood_before: number;
  readonly lost: number;
  readonly new_patients: number;
  readonly new_unreadable: number;
}

/** The watched columns in the patients' rows that differ; empty if all are equal. Runs on a finished stage. */
export async function countUnreadableColumns(reader: Session): Promise<ColumnCount[]> {
  const rows = await reader.run<ColumnRow>(statement('ledger/guard/count_unreadable_columns'));
  return rows.flatMap((row) => {
    const column = watchedColumns[row.bit];
    if (column === undefined) return [];
    return {
      column,
      understoodBefore: row.understood_before,
      lost: row.lost,
      newPatients: row.new_patients,
      newUnreadable: row.new_unreadable,
    };
  });
}

/** The rows changed in the EHR, leaving out those that differ only because a release builds other messages. */
export const countChangedRows = (reader: Session, approved: Date | null): Promise<EntityNumbers> =>
  reader.one<EntityNumbers>(statement('ledger/guard/count_changed_rows'), [approved]);

interface RecentNights {
  readonly nights: number;
  readonly last_night_at: Date | null;
  readonly largest: Readonly<Partial<Record<Figure, number>>>;
}

export const recentNights = (reader: Session): Promise<RecentNights> =>
  reader.one<RecentNights>(statement('ledger/guard/read_recent_nights'), [usualNights]);

/** Planned calls of rows that only a release or a setting makes candidates; in the plan's transaction. */
export const countRebuiltRows = (
  writer: Session,
  run: Run,
  builderVersion: number,
): Promise<EntityNumbers & { readonly summary: number }> =>
  writer.one<EntityNumbers & { readonly summary: number }>(statement('ledger/guard/count_rebuilt_rows'), [
    run.number,
    builderVersion,
  ]);

interface SampleOf {
  readonly entities: readonly ('patient' | 'encounter' | 'summary')[];
  /** Only unchanged rows built by another version of the message builder; null: all. */
  readonly rebuiltBy: number | null;
  readonly count: number;
}

/** A sample of planned calls of rows that were sent before; in the plan's transaction. */
export const sampleChanged = (writer: Session, run: Run, { entities, count, rebuiltBy }: SampleOf): Promise<Call[]> =>
  writer.run<Call>(statement('ledger/guard/sample_changed'), [run.number, run.id, entities, count, rebuiltBy]);

/** The contract as last planned; null before the first plan. */
export async function readShape(reader: Session): Promise<ContractShape | null> {
  const [row] = await reader.run<{ queries: ContractShape }>(statement('ledger/guard/read_shape'));
  return row?.queries ?? null;
}

export async function takeShape(writer: Session, shape: ContractShape): Promise<void> {
  await writer.run(statement('ledger/guard/take_shape'), [JSON.stringify(shape)]);
}

/** Stores the shape with a `--plan-only` plan. */
export async function storePlannedShape(writer: Session, run: Run, shape: ContractShape): Promise<void> {
  await writer.run(statement('ledger/guard/store_planned_shape'), [run.number, JSON.stringify(shape)]);
}

/** Takes the shape with which a stored plan was made, in the transaction that takes the plan over. */
export async function takePlannedShape(writer: Session, planNumber: number): Promise<void> {
  await writer.run(statement('ledger/guard/take_planned_shape'), [planNumber]);
}

/** `changes`: null if the guard did not count. `refusal`: why the stored plan may not be sent. */
export async function storeVerdict(
  writer: Session,
  run: Run,
  { changes, refusal }: { readonly changes: ChangeCounts | null; readonly refusal: string | null },
): Promise<void> {
  await writer.run(statement('ledger/guard/store_verdict'), [
    run.number,
    changes === null ? null : JSON.stringify(changes),
    refusal,
  ]);
}
