import type { StatementLimit } from '../postgres/session-options.ts';
import type { EhrSource } from './ehr-source.ts';
import type { EhrSession } from './engine.ts';
import { PostgresEhrSession } from './postgres/postgres-ehr.ts';
import { openPostgresSession } from './postgres/postgres-session.ts';

/** Opens a read-only session with the EHR, by the scheme of its URL. */
export async function openEhrSession(source: EhrSource, limit: StatementLimit): Promise<EhrSession> {
  if (!isMysql(source.url)) return new PostgresEhrSession(await openPostgresSession(source, limit));
  // Its driver is read only where it is needed.
  const { openMysqlEhr } = await import('./mysql/mysql-ehr.ts');
  return openMysqlEhr(source, limit);
}

export const isMysql = (url: EhrSource['url']): boolean => /^(?:mysql|mariadb):/i.test(url.reveal());
