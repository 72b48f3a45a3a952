import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import type { Run } from '../run/run.ts';

/** Takes back what this run has counted against rows for these reasons. */
export async function forgiveRejections(writer: Session, run: Run, reasons: readonly string[]): Promise<void> {
  await writer.run(statement('ledger/outcomes/forgive_rejections'), [run.number, reasons]);
}
