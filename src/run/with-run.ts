import type { Config } from '../config/config.ts';
import type { Ehr } from '../ehr/ehr.ts';
import { type Ledger, openLedger } from '../ledger/ledger.ts';
import { type Mode, openRun, type Run } from '../ledger/run/run.ts';
import { begun, moved, nameLedger } from '../ledger/run/position.ts';
import { bindAnew, isBound } from '../ledger/run/target.ts';
import { packageVersion } from '../package-root.ts';
import { namesSameDatabase } from '../postgres/connect/database-address.ts';
import { finish, type Finished } from './finish.ts';
import type { RunRequest } from './run-request.ts';
import { openSource } from './open-source.ts';
import { type GuardedSource, readingOf } from './source-reading.ts';
import { refusedPlan } from './refused-plan.ts';
import { assertNothingLost, findPosition } from './lost-commits.ts';
import { PositionFile } from './position-file.ts';
import { guardSource } from './guard-source.ts';
import { modeOf, takesAllMerges } from './scope.ts';
import { calendarOf, targetOf } from './target.ts';
import { tellFindings, tellRemarks, tellWarnings } from './tell.ts';

/** What a run needs that does not read the EHR. */
export interface LedgerRunRequest extends Pick<
  RunRequest,
  'job' | 'ledgerUrl' | 'planOnly' | 'newTarget' | 'options' | 'log' | 'signal' | 'now'
> {
  readonly mode: Mode;
  /** Goes on although the ledger has lost commits, and sends again what it may have forgotten. */
  readonly afterRestore?: boolean;
  readonly config: Pick<Config, 'redox' | 'ledgerKey' | 'ledgerKeyPrevious' | 'reportDir'> & {
    /** For the times on the page; UTC by default. */
    readonly siteTimeZone?: string | null;
    /** Of a run that sends. */
    readonly callTimeoutMs?: number;
  };
}

/** What the work of a run is done with. */
interface RunTools {
  readonly ledger: Ledger;
  readonly run: Run;
  readonly ehr: Ehr;
  readonly source: GuardedSource;
  readonly bindAnew: BindAnew | null;
  readonly position: OpenPosition;
}

/** How far the ledger has come, as REPORT_DIR keeps it. */
export interface OpenPosition {
  readonly file: PositionFile;
  /** The earlier runs in REPORT_DIR, newest last; null if it has none of this ledger. */
  readonly runs: readonly string[] | null;
}

/**
 * `--new-target`: binds the ledger to the configured target and forgets what was sent to the former one, in the caller's transaction,
 * once the run can no longer be refused. Null if the ledger is bound to it already.
 */
type BindAnew = () => Promise<void>;

/** Does work as a run, with the EHR open. */
export function withRun(
  request: RunRequest,
  work: (tools: RunTools) => Promise<'done' | 'stopped'>,
): Promise<Finished> {
  const mode = request.scope === 'changes' ? 'changes' : modeOf(request.scope);
  return withLedgerRun({ ...request, mode }, (ledger, run, anew, position) =>
    withSource(request, ledger, run, { bindAnew: anew, position }, work),
  );
}

/**
 * Does work as a run: under the lock, against the target to which the ledger is bound, closed and reported however it ends.
 * Rejects with a Fault that says what happened and what to do.
 */
export async function withLedgerRun(
  request: LedgerRunRequest,
  work: (ledger: Ledger, run: Run, anew: BindAnew | null, position: OpenPosition) => Promise<'done' | 'stopped'>,
): Promise<Finished> {
  const { job, mode, config, ledgerUrl, planOnly, newTarget, options, log, signal, now } = request;
  const { afterRestore = false } = request;
  const ledger = await openLedger({ ...config, url: ledgerUrl, signal });
  try {
    const target = targetOf(config.redox);
    const startsAnew = !(await isBound(ledger.writer, target, newTarget));
    await nameLedger(ledger.writer);
    const found = await findPosition(ledger.writer, config.reportDir);
    // A ledger that is going to forget everything has nothing to lose.
    if (!startsAnew && !afterRestore) assertNothingLost(found);
    const siteTimeZone = config.siteTimeZone ?? null;
    const callTimeoutMs = config.callTimeoutMs ?? null;
    const asked = { job, mode, planOnly, options, programVersion: packageVersion, siteTimeZone, callTimeoutMs };
    const opening = { ...asked, startedAt: now(), startsAnew };
    const run = await openRun(ledger.writer, opening);
    tellFindings(log, ledger, run);
    if (found.verdict.kind === 'differs') log('ledger_position_differs', { how: found.verdict.how });
    const file = new PositionFile({
      reportDir: config.reportDir,
      log,
      now,
      runId: run.id,
      before: found.ledger,
      runs: found.runs ?? [],
      isKeptBack: afterRestore,
    });
    ledger.commits.listen((commits) => {
      file.note(commits);
    });
    ledger.commits.made(await begun(ledger.writer));
    const anew = startsAnew ? () => bindAnew(ledger.writer, target) : null;
    try {
      return await finish(request, ledger, run, () => work(ledger, run, anew, { file, runs: found.runs }));
    } finally {
      if (!ledger.writer.isLost) await moved(ledger.writer).then(ledger.commits.made, () => undefined);
      await file.finish();
    }
  } finally {
    await ledger.close();
  }
}

async function withSource(
  request: RunRequest,
  ledger: Ledger,
  run: Run,
  tools: Pick<RunTools, 'bindAnew' | 'position'>,
  work: (tools: RunTools) => Promise<'done' | 'stopped'>,
): Promise<'done' | 'stopped'> {
  const { config, ledgerUrl, log, signal } = request;
  const { source, contractFolder, timeZone, scanPace, extracts } = config.ehr;
  if (source.kind === 'postgres' && namesSameDatabase(source.url, ledgerUrl)) log('ledger_in_ehr', {});
  let refusal: string | null = null;
  const opened = await openSource({
    ledger,
    run,
    source,
    contractFolder,
    timeZone,
    scanPace,
    extracts,
    signal,
    // Damaged files look like a mass change, so they are checked before a row is compared.
    onLanded: async (landed) => {
      refusal = await guardSource(ledger, run, landed, extracts, request.now());
      if (refusal !== null && refusesSource(request)) throw refusedPlan(refusal, true);
    },
  });
  const { ehr } = opened;
  try {
    tellWarnings(log, ehr);
    tellRemarks(log, opened.remarks);
    if (opened.linesLeftOut > 0) log('lines_left_out', { count: opened.linesLeftOut });
    return await work({
      ledger,
      run,
      ehr,
      source: { ...readingOf(opened, calendarOf(config.ehr, request.now())), refusal },
      ...tools,
    });
  } finally {
    await opened.close();
  }
}

/** `rerun` of chosen rows goes on, as the person asked; `--plan-only` shows the reason with the plan. */
const refusesSource = ({ scope, planOnly, allowLargeChange = false }: RunRequest): boolean =>
  !planOnly && !allowLargeChange && (scope === 'changes' || takesAllMerges(scope));
