/**
 * The ledger as an audit opens it. An audit reads for hours, so it holds the ledger's lock only for a moment at a time: while it opens,
 * stores a page, or owes rows. In between any other run may begin, and the audit then waits for its end. One audit runs at a time, by a
 * lock of its own.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { RefusedFault } from '../../fault.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import { type Ledger, ledgerOf, type LedgerOptions, recover } from '../ledger.ts';
import { readDataKey } from './data-key.ts';
import { assertSameServer, openLedgerSession } from './ledger-session.ts';
import { migrate } from './migrate.ts';

export interface AuditLedger extends Ledger {
  /**
   * Does work under the ledger's lock, once it is free. Null if `until` was aborted before that. `onWait` is called once if another run
   * has the lock.
   */
  withLock<T>(work: () => Promise<T>, until: AbortSignal, onWait: () => void): Promise<T | null>;
}

const retryMs = 250;
/** A job that was just killed keeps its locks for a moment. */
const patienceMs = 5_000;

interface AuditOptions<T> extends LedgerOptions {
  /** Its abort ends the wait for another run. */
  readonly until: AbortSignal;
  readonly onWait: () => void;
  /** Done under the same lock, once the ledger is at this program's version. */
  readonly begin: (writer: Session) => Promise<T>;
}

/** Null if `until` was aborted before the ledger was free. */
export async function openAuditLedger<T>(
  options: AuditOptions<T>,
): Promise<{ readonly ledger: AuditLedger; readonly begun: T } | null> {
  const { signal, url, ledgerKey, ledgerKeyPrevious, until, onWait, begin } = options;
  const writer = await openLedgerSession(url, { signal });
  const opened: Session[] = [writer];
  const close = async (): Promise<void> => {
    for (const session of opened.toReversed()) await session.close();
  };
  try {
    const reader = await openLedgerSession(writer.url, { signal });
    opened.push(reader);
    assertSameServer(writer, reader);
    await takeAuditLock(writer);
    const prepare = async () => {
      const migrated = await migrate(writer);
      const interrupted = await recover(writer);
      const dataKey = await readDataKey(writer, ledgerKey, ledgerKeyPrevious);
      return { migrated, interrupted, dataKey, begun: await begin(writer) };
    };
    const prepared = await withLock(writer, prepare, until, onWait);
    if (prepared === null) {
      await close();
      return null;
    }
    const ledger: AuditLedger = {
      ...ledgerOf(writer, reader, prepared),
      withLock: (work, stop, wait) => withLock(writer, work, stop, wait),
    };
    return { ledger, begun: prepared.begun };
  } catch (error) {
    await close();
    throw error;
  }
}

async function takeAuditLock(session: Session): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    if ((await session.one<{ taken: boolean }>(statement('ledger/audit/try_audit_lock'))).taken) return;
    if (Date.now() >= deadline) break;
    await sleep(retryMs);
  }
  throw new RefusedFault(
    'Another audit is going on this ledger. Nothing was done. Wait until it ends, or stop it with SIGTERM, then start again.',
  );
}

async function withLock<T>(
  writer: Session,
  work: () => Promise<T>,
  until: AbortSignal,
  onWait: () => void,
): Promise<T | null> {
  for (let tries = 0; ; tries += 1) {
    if ((await writer.one<{ taken: boolean }>(statement('ledger/session/try_lock'))).taken) break;
    if (until.aborted) return null;
    // A start of another job takes it for a moment.
    if (tries === patienceMs / retryMs) onWait();
    await sleep(retryMs, undefined, { signal: until }).catch(() => undefined);
  }
  try {
    return await work();
  } finally {
    if (!writer.isLost) await writer.one<{ released: boolean }>(statement('ledger/audit/release_lock'));
  }
}
