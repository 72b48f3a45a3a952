/** Deletes old resolved data batch by batch, so that each transaction is short. */
import { usualNights } from '../../decide/guard.ts';
import type { Session } from '../../postgres/session.ts';
import { filledStatement, type Statement, statement } from '../../postgres/sql-file.ts';

/** The run of a deleted row. */
interface Gone {
  readonly run_number: number;
}

const rowsIn = (table: string): Statement => filledStatement('ledger/prune/prune_rows', { table });

/** The data of a run, in the order of deletion: the run itself is last. */
const statements = {
  calls: statement<Gone>('ledger/prune/prune_calls'),
  discrepancies: rowsIn('discrepancy'),
  'data-quality': rowsIn('data_quality'),
  acknowledged: rowsIn('acknowledged'),
  'audit-lines': rowsIn('audit_line'),
  settlements: rowsIn('settlement'),
  runs: statement<Gone>('ledger/prune/prune_runs'),
};
export type Pruned = keyof typeof statements;
export const pruned = Object.keys(statements) as Pruned[];

/** Rows that are deleted in one transaction: well below a second. */
const batchSize = 10_000;

/** Marks the runs that ended before and are no longer needed. Returns the ids of all marked runs, including those of earlier starts. */
export async function markForPruning(writer: Session, endedBefore: Date): Promise<string[]> {
  await writer.run(statement('ledger/prune/mark_for_pruning'), [endedBefore, usualNights]);
  return (await writer.run<{ run_id: string }>(statement('ledger/prune/read_marked_runs'))).map(({ run_id }) => run_id);
}

/** Deletes one batch of the marked runs' rows. Returns their number; 0 means that all are deleted. */
export async function pruneBatch(writer: Session, what: Pruned): Promise<number> {
  const { name, text } = statements[what];
  return (await writer.query(name, text, [batchSize])).rows.length;
}

/** Deletes the rejection counts of rows that are gone by now; few, so in one statement. Returns their number. */
export async function pruneRejections(writer: Session, endedBefore: Date): Promise<number> {
  return (await writer.one<{ removed: number }>(statement('ledger/prune/prune_rejections'), [endedBefore])).removed;
}

export async function countKept(reader: Session, endedBefore: Date): Promise<number> {
  return (await reader.one<{ runs: number }>(statement('ledger/prune/count_kept_runs'), [endedBefore])).runs;
}

export async function notePruning(writer: Session, endedBefore: Date, now: Date): Promise<void> {
  await writer.run(statement('ledger/prune/note_pruning'), [endedBefore, now]);
}
