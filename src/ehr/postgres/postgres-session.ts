import { Session } from '../../postgres/session.ts';
import type { StatementLimit } from '../../postgres/session-options.ts';
import { type EhrSource, ehrConnections, leaveAfterMs, ledgerConnections } from '../ehr-source.ts';
import { takeRawBytes } from './unchecked-bytes.ts';

/** Opens a read-only connection to the EHR. Landed extracts are in our own database, so only our own limit applies. */
export async function openPostgresSession(source: EhrSource, { ms, yields }: StatementLimit): Promise<Session> {
  const session = await Session.open(source.url, {
    neighbour: 'the EHR',
    rawText: true,
    readsSlowly: true,
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
