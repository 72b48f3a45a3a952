import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';

/** Takes what is staged as told: patients, then what was merged into whom, then visits. The caller opens the transaction. */
export async function markSynced(writer: Session, builderVersion: number, asOf: Date | null): Promise<void> {
  await writer.run(statement('ledger/baseline/baseline_patients'), [builderVersion, asOf]);
  await writer.run(statement('ledger/baseline/baseline_retired_patients'));
  await writer.run(statement('ledger/baseline/baseline_encounters'), [builderVersion, asOf]);
}
