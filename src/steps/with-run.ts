import type { Config } from '../config.ts';
import type { Ehr } from '../ehr/ehr.ts';
import { type Ledger, openLedger } from '../ledger/ledger.ts';
import type { QualityLine } from '../ledger/plan.ts';
import { type Mode, openRun, type Run } from '../ledger/run.ts';
import { bindAnew, isBound } from '../ledger/target.ts';
import { packageVersion } from '../package-root.ts';
import { namesSameDatabase } from '../postgres/database-address.ts';
import { finish, type Finished } from './finish.ts';
import type { RunRequest } from './night-request.ts';
import { openSource } from './open-source.ts';
import { modeOf } from './scope.ts';
import { targetOf } from './target.ts';
import { tellFindings, tellWarnings } from './tell.ts';

/** What a run needs that does not read the EHR. */
export interface LedgerRunRequest extends Pick<
  RunRequest,
  'job' | 'ledgerUrl' | 'planOnly' | 'newTarget' | 'options' | 'log' | 'signal' | 'now'
> {
  readonly mode: Mode;
  readonly config: Pick<Config, 'redox' | 'ledgerKey' | 'ledgerKeyPrevious' | 'reportDir'> & {
    /** For the times on the page, which are UTC without it. */
    readonly siteTimeZone?: string | null;
  };
}

/** What the work of a run is done with. */
interface RunTools {
  readonly ledger: Ledger;
  readonly run: Run;
  readonly ehr: Ehr;
  /** Lines of extracts that could not be read. */
  readonly qualityLines: readonly QualityLine[];
  readonly bindAnew: BindAnew | null;
}

/**
 * `--new-target`: binds the ledger to the configured target, and forgets what the former one was told, in the transaction of whoever
 * calls it: once nothing can refuse the run any more. Null where the ledger is bound to it already.
 */
type BindAnew = () => Promise<void>;

/** Does work as a run, with the EHR open. */
export function withRun(
  request: RunRequest,
  work: (tools: RunTools) => Promise<'done' | 'stopped'>,
): Promise<Finished> {
  const mode = request.scope === 'changes' ? 'changes' : modeOf(request.scope);
  return withLedgerRun({ ...request, mode }, (ledger, run, anew) => withSource(request, ledger, run, anew, work));
}

/**
 * Does work as a run: under the lock, against the target to which the ledger is bound, closed and reported however it ends.
 * Rejects with a Fault that says what happened and what to do.
 */
export async function withLedgerRun(
  request: LedgerRunRequest,
  work: (ledger: Ledger, run: Run, anew: BindAnew | null) => Promise<'done' | 'stopped'>,
): Promise<Finished> {
  const { job, mode, config, ledgerUrl, planOnly, newTarget, options, log, signal, now } = request;
  const ledger = await openLedger({ ...config, url: ledgerUrl, signal });
  try {
    const target = targetOf(config.redox);
    const startsAnew = !(await isBound(ledger.writer, target, newTarget));
    const siteTimeZone = config.siteTimeZone ?? null;
    const asked = { job, mode, planOnly, options, programVersion: packageVersion, siteTimeZone };
    const opening = { ...asked, startedAt: now(), startsAnew };
    const run = await openRun(ledger.writer, opening);
    tellFindings(log, ledger, run);
    const anew = startsAnew ? () => bindAnew(ledger.writer, target) : null;
    return await finish(request, ledger, run, () => work(ledger, run, anew));
  } finally {
    await ledger.close();
  }
}

async function withSource(
  { config, ledgerUrl, log, signal }: RunRequest,
  ledger: Ledger,
  run: Run,
  anew: BindAnew | null,
  work: (tools: RunTools) => Promise<'done' | 'stopped'>,
): Promise<'done' | 'stopped'> {
  const { source, contractFolder, timeZone, scanPace } = config.ehr;
  if (source.kind === 'postgres' && namesSameDatabase(source.url, ledgerUrl)) log('ledger_in_ehr', {});
  const opened = await openSource({ ledger, ledgerUrl, run, source, contractFolder, timeZone, scanPace, signal });
  const { ehr, qualityLines } = opened;
  try {
    tellWarnings(log, ehr);
    if (opened.linesLeftOut > 0) log('lines_left_out', { count: opened.linesLeftOut });
    return await work({ ledger, run, ehr, qualityLines, bindAnew: anew });
  } finally {
    await opened.close();
  }
}
