/**
 * Ends a run: its state in the ledger, its exit code, its reports. If the reports fail, the run is closed as failed with the process's
 * exit code, and `report` can write them again.
 */
import type { Config } from '../config/config.ts';
import { type ExitCode, exitCodes, Fault, RefusedFault, StoppedFault } from '../fault.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { closeRun, type Run, type RunStatus } from '../ledger/run/run.ts';
import type { Log } from '../log/log.ts';
import { personLines } from '../report/person-lines.ts';
import { writeReports } from '../report/reports.ts';

export interface Finished {
  readonly runId: string;
  readonly exitCode: ExitCode;
  /** Folder of this run's reports. */
  readonly reportFolder: string;
}

interface FinishOptions {
  readonly config: Pick<Config, 'reportDir'>;
  readonly log: Log;
  readonly now: () => Date;
}

/** Does the work of a run, and closes and reports it. What the work throws is thrown again when that is done. */
export async function finish(
  options: FinishOptions,
  ledger: Ledger,
  run: Run,
  work: () => Promise<'done' | 'stopped'>,
): Promise<Finished> {
  let status: 'done' | 'stopped';
  try {
    status = await work().catch(stoppedBySignal);
  } catch (error) {
    await ledger.finishUnderWay();
    await finishFailed(options, ledger, run, error);
    throw error;
  }
  await ledger.finishUnderWay();
  const exitCode = await exitCodeOf(status, ledger, run);
  try {
    return await end(options, ledger, run, { status, exitCode, failure: null });
  } catch (error) {
    await closeUnreported(options, ledger, run, error);
    throw error;
  }
}

/** A statement cancelled by a signal counts as a stop; it was rolled back. */
function stoppedBySignal(error: unknown): 'stopped' {
  if (error instanceof StoppedFault) return 'stopped';
  throw error;
}

interface End {
  readonly status: RunStatus;
  readonly exitCode: ExitCode;
  readonly failure: string | null;
}

async function exitCodeOf(status: 'done' | 'stopped', { reader }: Ledger, run: Run): Promise<ExitCode> {
  if (status === 'stopped') return exitCodes.stopped;
  const { new_lines } = await personLines(reader, run.number);
  return new_lines > 0 ? exitCodes.needsPerson : exitCodes.done;
}

const endBy = (error: unknown): End => ({
  status: error instanceof RefusedFault ? 'refused' : 'failed',
  exitCode: error instanceof Fault ? error.exitCode : exitCodes.bug,
  failure: error instanceof Fault ? error.message : 'A bug in redox-reconcile; see its log.',
});

/** What the ledger says of the run is what the process says: that its reports are not there. */
async function closeUnreported({ log, now }: FinishOptions, ledger: Ledger, run: Run, error: unknown): Promise<void> {
  log('reports_failed', { runId: run.id });
  // The first error matters, and the caller throws it, so a failure here is ignored.
  await closeRun(ledger.writer, run, { ...endBy(error), finishedAt: now() }).catch(() => undefined);
}

/** A run that cannot say so itself, because the ledger is lost, is found by the next start. */
async function finishFailed(options: FinishOptions, ledger: Ledger, run: Run, error: unknown): Promise<void> {
  if (ledger.writer.isLost) return;
  try {
    await end(options, ledger, run, endBy(error));
  } catch {
    // The first error is the one to act on, and the caller throws it.
    options.log('reports_failed', { runId: run.id });
  }
}

async function end({ config, log, now }: FinishOptions, ledger: Ledger, run: Run, state: End): Promise<Finished> {
  const finishedAt = now();
  await closeRun(ledger.writer, run, { ...state, finishedAt });
  let ending: readonly string[] = [];
  const reportFolder = await writeReports({
    // Nothing is written any more.
    sessions: [ledger.reader, ledger.writer],
    run,
    reportDir: config.reportDir,
    onEnding: (lines) => {
      ending = lines;
    },
  });
  const { status, exitCode } = state;
  const ms = finishedAt.getTime() - run.startedAt.getTime();
  log('run_finished', { runId: run.id, status, exitCode, ms, reports: reportFolder });
  for (const words of ending) log('run_summary', { words });
  return { runId: run.id, exitCode, reportFolder };
}
