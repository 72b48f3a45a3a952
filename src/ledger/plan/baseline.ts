import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';

/** Marks the staged rows as synced: patients, then merges, then visits. The caller opens the transaction. */
export async function markSynced(writer: Session, builderVersion: number, asOf: Date | null): Promise<void> {
  await writer.run(statement('ledger/baseline/baseline_patients'), [builderVersion, asOf]);
  await writer.run(statement('ledger/baseline/baseline_retired_patients'));
  await writer.run(statement('ledger/baseline/baseline_encounters'), [builderVersion, asOf]);
}
