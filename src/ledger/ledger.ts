/**
 * Neighbour 2, our memory: the sole owner of its tables and of every state. A job that writes opens it here: the session
 * that holds the lock does all the writing, so whoever has lost the lock can no longer say that anything is being sent.
 */
import { openFingerprints, type Fingerprints } from '../core/fingerprint.ts';
import type { Secret } from '../core/secret.ts';
import { Session } from '../postgres/session.ts';
import { statement } from '../postgres/sql-file.ts';
import { readDataKey } from './data-key.ts';
import { takeLock } from './lock.ts';
import { assertMigrated, ledgerSchema, migrate, type Migrated } from './migrate.ts';

const neighbour = 'the ledger';

const settings = {
  search_path: `${ledgerSchema}, pg_catalog`,
  // The join of the stage with the ledger: twice as fast with room to hash (measured), and compiled code does not pay there.
  work_mem: '256MB',
  jit: 'off',
  // What is analysed is the stage, for one join, anew in every run: a tenth of the usual sample tells its size as well.
  default_statistics_target: '10',
  // A call counts as recorded only when its commit is on disk.
  synchronous_commit: 'on',
};

interface LedgerOptions {
  readonly url: Secret;
  readonly ledgerKey: Secret;
  readonly ledgerKeyPrevious: Secret | null;
  /** Its abort cancels what is asked of the ledger, until `finishUnderWay`. Not given: nothing does. */
  readonly signal?: AbortSignal;
}

export interface Ledger {
  /** Holds the lock and does all the writing. */
  readonly writer: Session;
  /** Reads what is committed, while the writer writes. */
  readonly reader: Session;
  readonly fingerprints: Fingerprints;
  readonly migrated: Migrated;
  /** What died before this start. */
  readonly interrupted: { readonly runIds: readonly string[]; readonly calls: number };
  /** From here on what was begun is finished and recorded, whatever the signal says. */
  finishUnderWay(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the ledger to write: takes the lock, migrates, and settles what a dead process left. */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const stop = options.signal === undefined ? {} : { stop: options.signal };
  const open = (): Promise<Session> => Session.open(options.url, { neighbour, isOurs: true, settings, ...stop });
  const writer = await open();
  // To connect takes a while, and most of what is done meanwhile waits as well. Whether it failed is asked below.
  const opening = open();
  opening.catch(() => undefined);
  try {
    await takeLock(writer);
    const migrated = await migrate(writer);
    const interrupted = await settle(writer);
    const dataKey = await readDataKey(writer, options.ledgerKey, options.ledgerKeyPrevious);
    await writer.run(statement('ledger/stage/clear'));
    const reader = await opening;
    return {
      writer,
      reader,
      fingerprints: openFingerprints(dataKey),
      migrated,
      interrupted,
      finishUnderWay: async () => {
        await Promise.all([writer.heedNoMore(), reader.heedNoMore()]);
      },
      close: async () => {
        await reader.close();
        await writer.close();
      },
    };
  } catch (error) {
    await writer.close();
    await opening.then(
      (reader) => reader.close(),
      () => undefined,
    );
    throw error;
  }
}

/** Opens the ledger's database, whatever stands in it, to look at it and no more. */
export const openLedgerToExamine = (url: Secret): Promise<Session> =>
  Session.open(url, { neighbour, isOurs: true, settings: { ...settings, default_transaction_read_only: 'on' } });

/** Opens the ledger to read what it says, beside a run that may be going. */
export async function openLedgerToRead(url: Secret): Promise<Session> {
  const session = await openLedgerToExamine(url);
  try {
    await assertMigrated(session);
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** Opens the ledger, migrates it and does no more. */
export async function migrateLedger(url: Secret): Promise<Migrated> {
  const session = await Session.open(url, { neighbour, isOurs: true, settings });
  try {
    await takeLock(session);
    return await migrate(session);
  } finally {
    await session.close();
  }
}

/** Runs found `running` while we hold the lock have died; calls found `sending` have an unknown outcome. */
async function settle(session: Session): Promise<Ledger['interrupted']> {
  return session.transaction(async () => {
    const runs = await session.run<{ run_id: string }>(statement('ledger/run/settle-interrupted'));
    const { settled } = await session.one<{ settled: number }>(statement('ledger/run/settle-sending'));
    const organizations = await session.run(statement('ledger/run/settle-organization'));
    return { runIds: runs.map(({ run_id }) => run_id), calls: settled + organizations.length };
  });
}
