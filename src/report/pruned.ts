import { DateTime } from 'luxon';
import type { Session } from '../postgres/session.ts';
import { statement } from '../postgres/sql-file.ts';

/** When prune forgot this run, or began to; null where it did not. A run's id begins with its UTC start time. */
export async function prunedAt(session: Session, runId: string): Promise<Date | null> {
  const begun = DateTime.fromFormat(runId.split('-')[0] ?? '', "yyyyMMdd'T'HHmmss'Z'", { zone: 'utc' });
  const { pruned_at } = await session.one<{ pruned_at: Date | null }>(statement('ledger/prune/find_pruned_run'), [
    runId,
    begun.isValid ? begun.toJSDate() : null,
  ]);
  return pruned_at;
}
