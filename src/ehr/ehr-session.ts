import type { Secret } from '../secret.ts';
import { Session } from '../postgres/session.ts';
import type { StatementLimit } from '../postgres/statement-limit.ts';
import { takeRawBytes } from './contract/unchecked-bytes.ts';

export interface EhrSource {
  readonly url: Secret;
  /** Schema of the landed CSV files, or null for the role's own search_path. */
  readonly searchPath: string | null;
  /** IANA zone of the zoneless times. */
  readonly timeZone: string;
  /** Its abort cancels the EHR's current statement. */
  readonly signal?: AbortSignal;
}

/** Time for a cancelled statement to end; then the connection is dropped, safely because the EHR is only read. */
const leaveAfterMs = 2_000;

/** A run reads a snapshot on one connection and the newest rows on another. */
export const ehrConnections = 2;
/** Connections of a run to the ledger: one holds the lock and writes, one reads. Landed extracts are read there too. */
export const ledgerConnections = { postgres: 2, csv: 2 + ehrConnections } as const;

/** Opens a read-only connection to the EHR. Landed extracts are in our own database, so only our own limit applies. */
export async function openEhrSession(source: EhrSource, { ms, yields }: StatementLimit): Promise<Session> {
  const session = await Session.open(source.url, {
    neighbour: 'the EHR',
    rawText: true,
    needs: source.searchPath === null ? ehrConnections : ledgerConnections.csv,
    ...(source.signal === undefined ? {} : { stop: source.signal, leaveAfterMs }),
    statementLimit: { ms, yields: yields && source.searchPath === null },
    settings: {
      default_transaction_read_only: 'on',
      lock_timeout: '10s',
      'redox_reconcile.zone': source.timeZone,
      // Uses at most one core of the EHR. Parallel workers also return rows in another order every night, and every
      // chunk would look new.
      ...(source.searchPath === null ? { max_parallel_workers_per_gather: '0' } : { search_path: source.searchPath }),
    },
  });
  try {
    await takeRawBytes(session);
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** Runs work in one read-only transaction with one snapshot. After a failure the session is unusable. */
export async function readOnly<T>(session: Session, work: () => Promise<T>): Promise<T> {
  const begin = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';
  await session.query(begin, begin);
  const result = await work();
  await session.query('COMMIT', 'COMMIT');
  return result;
}
