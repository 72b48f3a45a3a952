import type { Secret } from '../secret.ts';
import { isMysql } from './ehr-session.ts';
import { readablePostgresTables } from './postgres/readable-tables.ts';

/** Names of up to `limit` tables and views that the URL's role can read, from the catalog alone. */
export async function readableTables(url: Secret, timeZone: string, limit: number): Promise<string[]> {
  if (!isMysql(url)) return readablePostgresTables(url, timeZone, limit);
  const { readableMysqlTables } = await import('./mysql/readable-tables.ts');
  return readableMysqlTables(url, timeZone, limit);
}
