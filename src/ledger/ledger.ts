/**
 * The ledger: sole owner of its tables and of every state. Jobs that write open it here. All writes go through the session
 * that holds the lock, so a process that has lost the lock can no longer mark a call as `sending`.
 */
import { proofMs } from './run/lock-proof.ts';
import { openFingerprints, type Fingerprints } from '../message/fingerprint/fingerprint.ts';
import { Fault, NeighbourFault } from '../fault.ts';
import type { Secret } from '../secret.ts';
import type { Session } from '../postgres/session.ts';
import { statement } from '../postgres/sql-file.ts';
import { readDataKey } from './run/data-key.ts';
import { assertSameServer, openLedgerSession, openReadingSession, whyNotWritable } from './run/ledger-session.ts';
import { takeLock } from './run/lock.ts';
import { assertNotDone, assertNotDoneYet, type Due } from './run/once.ts';
import { assertMigrated, migrate, type Migrated } from './run/migrate.ts';
import { Commits } from './run/position.ts';
import { clearStage } from './stage/clear-stage.ts';

export interface LedgerOptions {
  readonly url: Secret;
  readonly ledgerKey: Secret;
  readonly ledgerKeyPrevious: Secret | null;
  /** Its abort cancels the ledger's queries, until `finishUnderWay`. */
  readonly signal?: AbortSignal;
  /** `--once`: rejects if a run for this due time leaves nothing to do. */
  readonly once?: Due | null;
  /** `--wait`: how long another run may hold the lock. */
  readonly waitMs?: number;
  /** Called with the holder of the lock if the wait takes longer than usual. */
  readonly onWait?: (holder: string) => void;
}

export interface Ledger {
  /** Holds the lock and does all the writing. */
  readonly writer: Session;
  /** Reads committed data while the writer writes. */
  readonly reader: Session;
  readonly fingerprints: Fingerprints;
  readonly migrated: Migrated;
  readonly commits: Commits;
  /** The interrupted runs and calls that this start found. */
  readonly interrupted: { readonly runIds: readonly string[]; readonly calls: number };
  /** From here on, work in progress is finished and recorded even after an abort. */
  finishUnderWay(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the ledger for writing: takes the lock, migrates, and recovers interrupted runs. */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { signal, once = null, waitMs, onWait } = options;
  const writer = await openLedgerSession(options.url, { signal });
  try {
    if (once !== null) await assertNotDoneYet(writer, once);
    await takeLock(writer, waitMs, onWait);
    return await openHeld(writer, options);
  } catch (error) {
    await writer.close();
    throw error;
  }
}

/** The rest, under the lock. */
async function openHeld(writer: Session, { signal, once = null, ...options }: LedgerOptions): Promise<Ledger> {
  // Connects in parallel with the work below; a failure surfaces at `await opening`.
  const opening = openLedgerSession(writer.url, { signal });
  opening.catch(() => undefined);
  try {
    const migrated = await migrate(writer);
    const interrupted = await recover(writer);
    if (once !== null) await assertNotDone(writer, once);
    const dataKey = await readDataKey(writer, options.ledgerKey, options.ledgerKeyPrevious);
    await clearStage(writer);
    const reader = await opening;
    assertSameServer(writer, reader);
    return ledgerOf(writer, reader, { dataKey, migrated, interrupted });
  } catch (error) {
    await opening.then(
      (reader) => reader.close(),
      () => undefined,
    );
    throw error;
  }
}

interface Prepared extends Pick<Ledger, 'migrated' | 'interrupted'> {
  readonly dataKey: Buffer;
}

/** The ledger that these two sessions are. */
export function ledgerOf(writer: Session, reader: Session, { dataKey, migrated, interrupted }: Prepared): Ledger {
  return {
    writer,
    reader,
    fingerprints: openFingerprints(dataKey),
    migrated,
    commits: new Commits(),
    interrupted,
    finishUnderWay: async () => {
      await Promise.all([writer.ignoreAbort(), reader.ignoreAbort()]);
    },
    close: async () => {
      await reader.close();
      await writer.close();
    },
  };
}

/** Opens the ledger for reading. A run may be in progress. */
export async function openLedgerToRead(url: Secret): Promise<Session> {
  const session = await openReadingSession(url);
  try {
    await assertMigrated(session);
    return session;
  } catch (error) {
    await session.close();
    const refusal = whyNotWritable(session);
    throw refusal === null ? error : new NeighbourFault(refusal, { cause: error });
  }
}

/**
 * Does work that reads the ledger. If no job can write there, the work is done first and then rejects with a NeighbourFault,
 * because the reader must learn that the data is no longer updated.
 */
export async function readLedger<T>(url: Secret, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await openLedgerToRead(url);
  const refusal = whyNotWritable(session);
  try {
    const result = await work(session);
    if (refusal === null) return result;
  } catch (error) {
    // A missing row may not have arrived yet.
    if (refusal === null || !(error instanceof Fault)) throw error;
    throw new Fault(error.exitCode, `${error.message} ${refusal}`, { cause: error, reason: error.reason });
  } finally {
    await session.close();
  }
  throw new NeighbourFault(`${refusal} What was asked for was read; no job can write there.`);
}

export async function migrateLedger(url: Secret): Promise<Migrated> {
  const session = await openLedgerSession(url);
  try {
    await takeLock(session);
    return await migrate(session);
  } finally {
    await session.close();
  }
}

/** While we hold the lock, a run still marked `running` was interrupted, and a call still marked `sending` has an unknown outcome. */
export async function recover(session: Session): Promise<Ledger['interrupted']> {
  return session.transaction(async () => {
    const runs = await session.run<{ run_id: string }>(statement('ledger/run/recover_interrupted_runs'));
    await session.run(statement('ledger/run/forget_in_flight'));
    const calls = await recoverCalls(session);
    const organizations = await session.run(statement('ledger/run/recover_organizations'));
    return { runIds: runs.map(({ run_id }) => run_id), calls: calls + organizations.length };
  });
}

/** Asks first, because the statement that recovers calls takes long to plan, and most starts find none. */
async function recoverCalls(session: Session): Promise<number> {
  const { exist } = await session.one<{ exist: boolean }>(statement('ledger/run/find_sending_calls'));
  if (!exist) return 0;
  const { recovered } = await session.one<{ recovered: number }>(statement('ledger/run/recover_sending_calls'), [
    proofMs,
  ]);
  return recovered;
}
