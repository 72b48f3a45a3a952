import type { Secret } from '../../secret.ts';
import { statement } from '../../postgres/sql-file.ts';
import { openMysqlEhr } from './mysql-ehr.ts';

/** Names of up to `limit` tables and views that the account of the URL can read. */
export async function readableMysqlTables(url: Secret, timeZone: string, limit: number): Promise<string[]> {
  const ehr = await openMysqlEhr({ url, timeZone, searchPath: null }, { ms: 20_000, yields: true });
  try {
    const { text } = statement('ehr/mysql/find_mysql_tables');
    const rows = await ehr.session.rows('a look at the tables', { text, values: [] });
    return rows.slice(0, limit).map((row) => row['name'] ?? '');
  } finally {
    await ehr.close();
  }
}
