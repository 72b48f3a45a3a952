import type { Secret } from '../secret.ts';
import { statement } from '../postgres/sql-file.ts';
import { isMysql } from './ehr-session.ts';
import { openPostgresSession } from './postgres/postgres-session.ts';

/** Names of up to `limit` tables and views that the URL's role can read, from the catalog alone. */
export const readableTables = (url: Secret, timeZone: string, limit: number): Promise<string[]> =>
  (isMysql(url) ? ofMysql : ofPostgres)(url, timeZone, limit);

const statementLimit = { ms: 20_000, yields: true };

async function ofPostgres(url: Secret, timeZone: string, limit: number): Promise<string[]> {
  const session = await openPostgresSession({ url, timeZone, searchPath: null }, statementLimit);
  try {
    const rows = await session.run<{ name: string }>(statement('ehr/internal/find_readable_tables'), [String(limit)]);
    return rows.map(({ name }) => name);
  } finally {
    await session.close();
  }
}

async function ofMysql(url: Secret, timeZone: string, limit: number): Promise<string[]> {
  const { openMysqlEhr } = await import('./mysql/mysql-ehr.ts');
  const ehr = await openMysqlEhr({ url, timeZone, searchPath: null }, statementLimit);
  try {
    const { text } = statement('ehr/mysql/find_mysql_tables');
    const rows = await ehr.session.rows('a look at the tables', { text, values: [] });
    return rows.slice(0, limit).map((row) => row['name'] ?? '');
  } finally {
    await ehr.close();
  }
}
