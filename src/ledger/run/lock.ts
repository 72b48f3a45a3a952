import { setTimeout as sleep } from 'node:timers/promises';
import { LedgerHeldFault } from '../../fault.ts';
import { lasting } from '../../plain-text.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';

/** A job that was just killed needs this long until Postgres notices; a new start waits for it rather than refuse. */
export const usualWaitMs = 5_000;
const retryMs = 250;
/** `--wait`: a standby asks for hours. */
const standbyRetryMs = 2_000;

/** A server that falls silent must not keep a standby for ever. */
const watchEveryMs = 5_000;
const watchPatienceMs = 20_000;

interface Holder {
  readonly run_id: string;
  readonly job: string;
  readonly host: string;
  readonly process_id: number;
  readonly started_at: Date;
}

/**
 * Takes the one lock of the ledger: the run is the session that holds it (decision 9), so it ends with the connection, however
 * the process ends. Throws LedgerHeldFault naming who holds it after `waitMs`. `onWait`: the usual wait was not enough.
 */
export async function takeLock(
  session: Session,
  waitMs: number = usualWaitMs,
  onWait: (holder: string) => void = () => undefined,
): Promise<void> {
  const endWatch = session.watch(watchEveryMs, watchPatienceMs);
  try {
    const first = await tryLock(session, Math.min(waitMs, usualWaitMs), retryMs);
    if (first === 'taken') return;
    if (waitMs > usualWaitMs) {
      onWait(await lockHolder(session));
      if ((await tryLock(session, waitMs - usualWaitMs, standbyRetryMs)) === 'taken') return;
    }
    throw heldBy(await holderOf(session), first, waitMs);
  } finally {
    endWatch();
  }
}

/** Tries again and again. Returns the holder as of the first try, unless the lock was taken. */
async function tryLock(session: Session, forMs: number, everyMs: number): Promise<'taken' | Holder | null> {
  const deadline = performance.now() + forMs;
  let first: Holder | null | undefined;
  for (;;) {
    const { taken } = await session.one<{ taken: boolean }>(statement('ledger/session/try_lock'));
    if (taken) return 'taken';
    if (first === undefined) first = await holderOf(session);
    const leftMs = deadline - performance.now();
    if (leftMs <= 0) return first;
    await sleep(Math.min(everyMs, leftMs));
  }
}

/** Describes the run recorded as running; the caller has already seen that the lock is taken. */
export const lockHolder = async (session: Session): Promise<string> => described(await holderOf(session));

/** Shorter than the time between two nights, so that the first night that cannot start reports it. */
const patienceMs = 20 * 3_600_000;

async function holderOf(session: Session): Promise<Holder | null> {
  const { exists } = await session.one<{ exists: boolean }>(statement('ledger/session/has_ledger'));
  const [holder] = exists ? await session.run<Holder>(statement('ledger/session/find_lock_holder')) : [];
  return holder ?? null;
}

const described = (holder: Holder | null): string =>
  holder === null
    ? 'a job that has not opened its run yet'
    : `${holder.job} (${holder.run_id}), process ${holder.process_id} on ${holder.host}, since ${holder.started_at.toISOString()}`;

/** `first`: the holder when the wait began. A job opens its run sooner, so a holder without a run is foreign or hangs. */
function heldBy(holder: Holder | null, first: Holder | null, waitMs: number): LedgerHeldFault {
  const isOverdue = holder === null ? first === null : Date.now() - holder.started_at.getTime() > patienceMs;
  return new LedgerHeldFault(
    `Another run holds this ledger: ${described(holder)}. Nothing was done${waitMs > usualWaitMs ? ` within ${lasting(waitMs)}` : ''}. Wait until it ends, or stop it with SIGTERM, then start again.`,
    isOverdue,
  );
}
