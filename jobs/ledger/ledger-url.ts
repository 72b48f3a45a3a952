import { existsSync } from 'node:fs';
import type { LedgerStore } from '../../src/config/config.ts';
import { UsageFault } from '../../src/fault.ts';
import type { Secret } from '../../src/secret.ts';
import { startEmbeddedPostgres } from '../../src/sandbox/embedded-postgres.ts';
import { dataIn } from '../../src/sandbox/embedded-postgres-folder.ts';

/** Gives the URL of the ledger to some work. An embedded one runs, or is joined, as long as the work does. */
export async function withLedgerUrl<T>(store: LedgerStore, work: (url: Secret) => Promise<T>): Promise<T> {
  if (store.kind === 'postgres') return work(store.url);
  const server = await startEmbeddedPostgres({ folder: store.folder });
  const result = await work(server.url).catch(async (error: unknown) => {
    // What the work threw is what to tell; a server that also fails to stop is joined by the next job.
    await server.stop().catch(() => undefined);
    throw error;
  });
  await server.stop();
  return result;
}

/** The same for work that only reads: where an embedded ledger is not there, none is made. Rejects with a UsageFault then. */
export async function withLedgerUrlToRead<T>(store: LedgerStore, work: (url: Secret) => Promise<T>): Promise<T> {
  if (store.kind === 'embedded' && !existsSync(dataIn(store.folder))) {
    throw new UsageFault(
      `There is no ledger in ${store.folder}, which LEDGER_URL names. Check the path; the first job that writes makes a ledger there.`,
    );
  }
  return withLedgerUrl(store, work);
}
