import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';

/** Has Postgres plan reports for as many rows as there are: autovacuum may not have looked since a large run began. */
export async function refreshStatistics(writer: Session): Promise<void> {
  const { has_outgrown } = await writer.one<{ has_outgrown: boolean }>(statement('ledger/run/has_outgrown_statistics'));
  if (!has_outgrown) return;
  const { name, text } = statement('ledger/run/analyze_results');
  await writer.query(name, text);
}
