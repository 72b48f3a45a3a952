import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';

/** The ledger's clock, read once and advanced by elapsed time. Suspended time is left out, so it may lag but never leads. */
export async function readLedgerClock(reader: Session): Promise<() => Date> {
  const startedAt = performance.now();
  const { now } = await reader.one<{ now: Date }>(statement('ledger/session/read_ledger_clock'));
  return () => new Date(now.getTime() + performance.now() - startedAt);
}
