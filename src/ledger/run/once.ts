import { AlreadyDoneFault, type EndReason, type ExitCode, exitCodes, Fault } from '../../fault.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import { readVersion } from './migrate.ts';
import type { RunStatus } from './run.ts';

/** A job that is due, to be done at most once. */
export interface Due {
  readonly job: string;
  readonly dueAt: Date;
  readonly planOnly: boolean;
  readonly allowLargeChange: boolean;
}

export interface DueRun {
  readonly run_id: string;
  readonly host: string;
  readonly status: RunStatus | 'running' | 'interrupted';
  readonly exit_code: number | null;
  readonly end_reason: EndReason | null;
  readonly failure: string | null;
}

/**
 * `--once`: throws if the newest run for this due time leaves nothing to do, and so ends this start as that run ended. Called with the
 * lock, when dead runs are recovered, so two starts cannot both go on; called before it as well, to spare the wait.
 */
export async function assertNotDone(session: Session, due: Due): Promise<void> {
  const [run] = await session.run<DueRun>(statement('ledger/run/find_due_run'), [due.job, due.dueAt, due.planOnly]);
  if (run !== undefined && isSettled(run, due)) throw asBefore(run, due);
}

/** The same before the lock; an older ledger is asked once it is migrated. */
export async function assertNotDoneYet(session: Session, due: Due): Promise<void> {
  const { version, latest } = await readVersion(session);
  if (version === latest) await assertNotDone(session, due);
}

/** Would a repetition end the same? A run that failed, died or got a signal leaves work. */
export function isSettled(
  { status, end_reason }: DueRun,
  { allowLargeChange }: Pick<Due, 'allowLargeChange'>,
): boolean {
  switch (status) {
    case 'done':
      return true;
    case 'stopped':
      return end_reason === 'until' || end_reason === 'max_calls';
    case 'refused':
      return end_reason === 'guard' && !allowLargeChange;
    case 'failed':
    case 'running':
    case 'interrupted':
      return false;
  }
}

function asBefore({ run_id, host, exit_code, failure, status }: DueRun, { job, dueAt }: Due): Error {
  if (status === 'refused' && failure !== null) return new Fault(exitCodes.refused, failure, { reason: 'guard' });
  const exitCode = exitCodeOf(exit_code);
  return new AlreadyDoneFault(
    exitCode,
    `${job}, due ${dueAt.toISOString()}, was done by run ${run_id} on ${host}, which ended with ${exitCode}. --once does nothing more.`,
  );
}

const exitCodeOf = (code: number | null): ExitCode =>
  Object.values(exitCodes).find((one) => one === code) ?? exitCodes.done;
