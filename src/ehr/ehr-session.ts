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

/** The EHR is only read, so the job leaves a server that cannot cancel. */
const leaveAfterMs = 2_000;

/** A run reads a snapshot on one connection and the newest rows on another. */
export const ehrConnections = 2;
/** A run's own connections to the ledger: one that holds the lock and writes, and one that reads. Landed extracts are read there too. */
export const ledgerConnections = { postgres: 2, csv: 2 + ehrConnections } as const;

/** A connection to the EHR that cannot write. Landed extracts are in our own database, where no limit but ours is meant. */
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
      // Of an EHR one core at most; and rows that workers bring come in another order every night, so that no chunk is met again.
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

/** Runs work in one transaction that sees one moment and writes nothing. Where it fails the session is of no more use. */
export async function readOnly<T>(session: Session, work: () => Promise<T>): Promise<T> {
  const begin = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';
  await session.query(begin, begin);
  const result = await work();
  await session.query('COMMIT', 'COMMIT');
  return result;
}
