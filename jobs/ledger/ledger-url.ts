import { existsSync } from 'node:fs';
import type { LedgerStore } from '../../src/config/config.ts';
import { UsageFault } from '../../src/fault.ts';
import type { JobServices } from '../../src/run/services.ts';
import type { Secret } from '../../src/secret.ts';
import { startEmbeddedPostgres } from '../../src/sandbox/embedded-postgres.ts';
import type { JobContext } from '../frame/job.ts';
import { dataIn } from '../../src/sandbox/embedded-postgres-folder.ts';

/** Calls the work with what a run needs, the ledger running. */
export const withServices = <T>(
  { log, signal }: JobContext,
  store: LedgerStore,
  work: (services: JobServices) => Promise<T>,
): Promise<T> => withLedgerUrl(store, (ledgerUrl) => work({ ledgerUrl, log, signal, now: () => new Date() }));

/** Calls the work with the ledger's URL. An embedded ledger is started or joined for that time. */
export async function withLedgerUrl<T>(store: LedgerStore, work: (url: Secret) => Promise<T>): Promise<T> {
  if (store.kind === 'postgres') return work(store.url);
  const server = await startEmbeddedPostgres({ folder: store.folder });
  const result = await work(server.url).catch(async (error: unknown) => {
    // The work's error matters more; the next job joins a server that also failed to stop.
    await server.stop().catch(() => undefined);
    throw error;
  });
  await server.stop();
  return result;
}

/** The same for work that only reads. Rejects with a UsageFault if an embedded ledger does not exist yet. */
export async function withLedgerUrlToRead<T>(store: LedgerStore, work: (url: Secret) => Promise<T>): Promise<T> {
  if (store.kind === 'embedded' && !existsSync(dataIn(store.folder))) {
    throw new UsageFault(
      `There is no ledger in ${store.folder}, which LEDGER_URL names. Check the path; the first job that writes makes a ledger there.`,
    );
  }
  return withLedgerUrl(store, work);
}
