/**
 * Ends a run: its state in the ledger, its exit code, its reports. If the reports fail, the run is closed as failed with the process's
 * exit code, and `report` can write them again.
 */
import { type EndReason, type ExitCode, exitCodes, Fault, RefusedFault, StoppedFault, usualReasons } from '../fault.ts';
import { closeRun, type RunStatus, refreshStatistics } from '../ledger/run/run.ts';
import type { OpenLine } from '../report/page/facts.ts';
import { openCounts } from '../report/page/open-counts.ts';
import { readOpenLines } from '../report/page/read-facts.ts';
import type { report } from '../report/reports.ts';
import type { LedgerServices } from './services.ts';

export interface Finished {
  readonly runId: string;
  readonly exitCode: ExitCode;
  readonly reason: EndReason;
  readonly reportFolder: string;
}

/** How the work of a run ended: it is done, or a signal stopped it, or a limit did. */
export type WorkEnd = 'done' | 'stopped' | 'until' | 'max_calls';

export type Report = typeof report;

type FinishServices = Pick<LedgerServices, 'ledger' | 'run' | 'log' | 'now'>;

/** Does the work of a run, and closes and reports it. What the work throws is thrown again when that is done. */
export async function finish(
  reportDir: string,
  services: FinishServices,
  work: () => Promise<WorkEnd>,
  report: Report,
): Promise<Finished> {
  const { ledger } = services;
  const end = (state: End): Promise<Finished> => closeAndReport(reportDir, services, state, report);
  const reportsFailed = (): void => {
    services.log('reports_failed', { runId: services.run.id });
  };
  let ended: WorkEnd;
  try {
    ended = await work().catch(stoppedBySignal);
  } catch (error) {
    await ledger.finishUnderWay();
    // A run that cannot say so itself, because the ledger is lost, is found by the next start. The first error is the one to act on.
    if (!ledger.writer.isLost) {
      await refreshStatistics(ledger.writer, services.run)
        .then(() => end(endBy(error)))
        .catch(reportsFailed);
    }
    throw error;
  }
  await ledger.finishUnderWay();
  await refreshStatistics(ledger.writer, services.run);
  const openLines = ended === 'done' ? await readOpenLines(ledger.reader, services.run.number) : null;
  const exitCode = exitCodeOf(openLines);
  const status = ended === 'done' ? 'done' : 'stopped';
  const reason = ended === 'until' || ended === 'max_calls' ? ended : usualReasons[exitCode];
  try {
    return await end({ status, exitCode, reason, failure: null, openLines });
  } catch (error) {
    reportsFailed();
    // The ledger records what the process reports: the reports of the run are missing.
    await closeRun(ledger.writer, services.run, { ...endBy(error), finishedAt: services.now() }).catch(() => undefined);
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
  readonly reason: EndReason;
  readonly failure: string | null;
  /** Null unless the run is done. */
  readonly openLines?: readonly OpenLine[] | null;
}

function exitCodeOf(openLines: readonly OpenLine[] | null): ExitCode {
  if (openLines === null) return exitCodes.stopped;
  return openCounts(openLines).newPerson > 0 ? exitCodes.needsPerson : exitCodes.done;
}

const endBy = (error: unknown): End => ({
  status: error instanceof RefusedFault ? 'refused' : 'failed',
  exitCode: error instanceof Fault ? error.exitCode : exitCodes.bug,
  reason: error instanceof Fault ? error.reason : 'bug',
  failure: error instanceof Fault ? error.message : 'A bug in redox-reconcile; see its log.',
});

async function closeAndReport(
  reportDir: string,
  { ledger, run, log, now }: FinishServices,
  state: End,
  report: Report,
): Promise<Finished> {
  const finishedAt = now();
  await closeRun(ledger.writer, run, { ...state, finishedAt });
  // Nothing is written any more, so both sessions read for the reports.
  const { folder, ending } = await report([ledger.reader, ledger.writer], run, reportDir, state.openLines);
  const { status, exitCode, reason } = state;
  const ms = finishedAt.getTime() - run.startedAt.getTime();
  log('run_finished', { runId: run.id, status, exitCode, ms, reports: folder });
  for (const words of ending) log('run_summary', { words });
  return { runId: run.id, exitCode, reason, reportFolder: folder };
}
