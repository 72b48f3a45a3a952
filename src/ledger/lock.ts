import { setTimeout as sleep } from 'node:timers/promises';
import { LedgerHeldFault } from '../core/fault.ts';
import type { Session } from '../postgres/session.ts';
import { statement } from '../postgres/sql-file.ts';

/** A job that was just killed needs this long until Postgres notices; a new start waits for it rather than refuse. */
const waitMs = 5_000;
const retryMs = 250;

interface Holder {
  readonly run_id: string;
  readonly job: string;
  readonly host: string;
  readonly process_id: number;
  readonly started_at: Date;
}

/**
 * Takes the one lock of the ledger: the run is the session that holds it (decision 9), so it ends with the connection, however
 * the process ends. Throws LedgerHeldFault naming who holds it.
 */
export async function takeLock(session: Session): Promise<void> {
  const deadline = Date.now() + waitMs;
  for (;;) {
    const { taken } = await session.one<{ taken: boolean }>(statement('ledger/run/try-lock'));
    if (taken) return;
    if (Date.now() >= deadline) throw new LedgerHeldFault(await whoRuns(session));
    await sleep(retryMs);
  }
}

/** Who says that they are running. That they hold the lock, the caller knows. */
export async function lockHolder(session: Session): Promise<string> {
  const { exists } = await session.one<{ exists: boolean }>(statement('ledger/run/has-ledger'));
  const [holder] = exists ? await session.run<Holder>(statement('ledger/run/lock-holder')) : [];
  return holder === undefined
    ? 'a job that has not opened its run yet'
    : `${holder.job} (${holder.run_id}), process ${holder.process_id} on ${holder.host}, since ${holder.started_at.toISOString()}`;
}

async function whoRuns(session: Session): Promise<string> {
  return `Another run holds this ledger: ${await lockHolder(session)}. Nothing was done. Wait until it ends, or stop it with SIGTERM, then start again.`;
}
