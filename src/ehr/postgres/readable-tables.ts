import type { Secret } from '../../secret.ts';
import { statement } from '../../postgres/sql-file.ts';
import { openPostgresSession } from './postgres-session.ts';

/** Names of up to `limit` tables and views that the URL's role can read, from the catalog alone. */
export async function readablePostgresTables(url: Secret, timeZone: string, limit: number): Promise<string[]> {
  const session = await openPostgresSession({ url, timeZone, searchPath: null }, { ms: 20_000, yields: true });
  try {
    const rows = await session.run<{ name: string }>(statement('ehr/internal/find_readable_tables'), [String(limit)]);
    return rows.map(({ name }) => name);
  } finally {
    await session.close();
  }
}
