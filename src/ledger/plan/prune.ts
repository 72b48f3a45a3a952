/** Forgets what is settled and old, batch by batch, so that no transaction lasts long. */
import { usualNights } from '../../decide/guard.ts';
import type { Session } from '../../postgres/session.ts';
import { type Statement, statement } from '../../postgres/sql-file.ts';

/** What a run leaves in the ledger, in the order in which it is forgotten: a run goes last. */
export const pruned = ['calls', 'discrepancies', 'data-quality', 'acknowledged', 'settlements', 'runs'] as const;
export type Pruned = (typeof pruned)[number];

/** Rows that are deleted in one transaction: well below a second. */
const batchSize = 10_000;

/** Marks what ended before, and is not needed any more; gives the ids of all that are marked, by an earlier start too. */
export async function markForPruning(writer: Session, endedBefore: Date): Promise<string[]> {
  await writer.run(statement('ledger/prune/mark_for_pruning'), [endedBefore, usualNights]);
  return (await writer.run<{ run_id: string }>(statement('ledger/prune/read_marked_runs'))).map(({ run_id }) => run_id);
}

/** Forgets one batch of marked runs' rows; gives how many, and 0 once there are none. */
export async function pruneBatch(writer: Session, what: Pruned): Promise<number> {
  return (await writer.one(statementFor(what), [batchSize])).removed;
}

function statementFor(what: Pruned): Statement<{ removed: number }> {
  switch (what) {
    case 'calls':
      return statement('ledger/prune/prune_calls');
    case 'discrepancies':
      return statement('ledger/prune/prune_discrepancies');
    case 'data-quality':
      return statement('ledger/prune/prune_data_quality');
    case 'acknowledged':
      return statement('ledger/prune/prune_acknowledged');
    case 'settlements':
      return statement('ledger/prune/prune_settlements');
    case 'runs':
      return statement('ledger/prune/prune_runs');
  }
}

/** Forgets what was counted against rows that are gone since; few, so at once. Gives how many. */
export async function pruneRejections(writer: Session, endedBefore: Date): Promise<number> {
  return (await writer.one<{ removed: number }>(statement('ledger/prune/prune_rejections'), [endedBefore])).removed;
}

export async function countKept(reader: Session, endedBefore: Date): Promise<number> {
  return (await reader.one<{ runs: number }>(statement('ledger/prune/count_kept_runs'), [endedBefore])).runs;
}

export async function notePruning(writer: Session, endedBefore: Date, now: Date): Promise<void> {
  await writer.run(statement('ledger/prune/note_pruning'), [endedBefore, now]);
}
