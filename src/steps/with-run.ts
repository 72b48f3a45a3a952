import type { Config } from '../config.ts';
import type { Ehr } from '../ehr/ehr.ts';
import { bindLedger, type Ledger, openLedger } from '../ledger/ledger.ts';
import type { QualityLine } from '../ledger/plan.ts';
import { type Mode, openRun, type Run } from '../ledger/run.ts';
import { packageVersion } from '../package-root.ts';
import { finish, type Finished } from './finish.ts';
import type { RunRequest } from './night-request.ts';
import { openSource } from './open-source.ts';
import { modeOf } from './scope.ts';
import { targetOf } from './target.ts';
import { tellFindings, tellWarnings } from './tell.ts';

/** What a run needs that does not read the EHR. */
export interface LedgerRunRequest extends Pick<
  RunRequest,
  'job' | 'ledgerUrl' | 'planOnly' | 'newTarget' | 'options' | 'log' | 'now'
> {
  readonly mode: Mode;
  readonly config: Pick<Config, 'redox' | 'ledgerKey' | 'ledgerKeyPrevious' | 'reportDir'>;
}

/** What the work of a run is done with. */
export interface RunTools {
  readonly ledger: Ledger;
  readonly run: Run;
  readonly ehr: Ehr;
  /** Lines of extracts that could not be read. */
  readonly qualityLines: readonly QualityLine[];
}

/** Does work as a run, with the EHR open. */
export function withRun(
  request: RunRequest,
  work: (tools: RunTools) => Promise<'done' | 'stopped'>,
): Promise<Finished> {
  const mode = request.scope === 'changes' ? 'changes' : modeOf(request.scope);
  return withLedgerRun({ ...request, mode }, (ledger, run) => withSource(request, ledger, run, work));
}

/**
 * Does work as a run: under the lock, against the target to which the ledger is bound, closed and reported however it ends.
 * Rejects with a Fault that says what happened and what to do.
 */
export async function withLedgerRun(
  request: LedgerRunRequest,
  work: (ledger: Ledger, run: Run) => Promise<'done' | 'stopped'>,
): Promise<Finished> {
  const { job, mode, config, ledgerUrl, planOnly, newTarget, options, log, now } = request;
  const ledger = await openLedger({ ...config, url: ledgerUrl });
  try {
    await bindLedger(ledger, targetOf(config.redox), newTarget);
    const opening = { job, mode, planOnly, options, programVersion: packageVersion, startedAt: now() };
    const run = await openRun(ledger.writer, opening);
    tellFindings(log, ledger, run);
    return await finish(request, ledger, run, () => work(ledger, run));
  } finally {
    await ledger.close();
  }
}

async function withSource(
  { config, ledgerUrl, log }: RunRequest,
  ledger: Ledger,
  run: Run,
  work: (tools: RunTools) => Promise<'done' | 'stopped'>,
): Promise<'done' | 'stopped'> {
  const { source, contractFolder, timeZone } = config.ehr;
  const opened = await openSource({ ledger, ledgerUrl, run, source, contractFolder, timeZone });
  const { ehr, qualityLines } = opened;
  try {
    tellWarnings(log, ehr);
    if (opened.linesLeftOut > 0) log('lines_left_out', { count: opened.linesLeftOut });
    return await work({ ledger, run, ehr, qualityLines });
  } finally {
    await opened.close();
  }
}
