import type { StatementLimit } from '../postgres/statement-limit.ts';
import type { EhrSource } from './ehr-source.ts';
import type { EhrSession } from './engine.ts';
import { PostgresEhrSession } from './postgres/postgres-ehr.ts';
import { openPostgresSession } from './postgres/postgres-session.ts';

/** Opens a read-only session with the EHR, by the scheme of its URL. */
export async function openEhrSession(source: EhrSource, limit: StatementLimit): Promise<EhrSession> {
  return new PostgresEhrSession(await openPostgresSession(source, limit));
}
