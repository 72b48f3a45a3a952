import { type Mode, openRun, setMode } from '../ledger/run/run.ts';
import type { Ehr } from '../ehr/ehr.ts';
import { openLedger } from '../ledger/ledger.ts';
import { begun, moved, nameLedger } from '../ledger/run/position.ts';
import { leftByLastPlan } from '../ledger/plan/plan.ts';
import { bindAnew, isBound } from '../ledger/run/target.ts';
import type { Log } from '../log/log.ts';
import { packageVersion } from '../package-root.ts';
import { namesSameDatabase } from '../postgres/connect/database-address.ts';
import { finish, type Finished, type Report, type WorkEnd } from './finish.ts';
import { guardSource } from './guard-source.ts';
import { assertNothingLost, findPosition } from './lost-commits.ts';
import { openSource } from './open-source.ts';
import { type LedgerPolicy, type Policy, type ScopedPolicy, type Scope, takesAllMerges } from './policy.ts';
import { PositionFile } from './position-file.ts';
import { refusedPlan } from './refused-plan.ts';
import type { JobServices, LedgerServices, Services } from './services.ts';
import { readingOf } from './source-reading.ts';
import { calendarOf, targetOf } from './target.ts';
import { logStart, logRemarks, logWarnings } from './run-log.ts';

export type Work = (policy: ScopedPolicy, services: Services) => Promise<WorkEnd>;

/** Does work as a run, with the EHR open. `first`: done before that. */
export const withRun = (
  policy: Policy,
  job: JobServices,
  work: Work,
  report: Report,
  first: (policy: Policy, services: LedgerServices) => Promise<void> = () => Promise.resolve(),
): Promise<Finished> => {
  const mode = policy.scope === 'changes' ? 'changes' : policy.scope.kind;
  const whole = async (services: LedgerServices): Promise<WorkEnd> => {
    await first(policy, services);
    return withSource(policy, services, work);
  };
  return withLedgerRun({ ...policy, mode }, job, whole, report);
};

/** `mode`: how the rows of the run are found. */
type RunPolicy = LedgerPolicy &
  Partial<Pick<Policy, 'planOnly' | 'newTarget' | 'afterRestore' | 'allowLargeChange'>> & { readonly mode: Mode };

/**
 * Does work as a run: under the lock, against the target to which the ledger is bound, closed and reported however it ends.
 * Rejects with a Fault that says what happened and what to do.
 */
export async function withLedgerRun(
  policy: RunPolicy,
  job: JobServices,
  work: (services: LedgerServices) => Promise<WorkEnd>,
  report: Report,
): Promise<Finished> {
  const { config, planOnly = false, newTarget = false, afterRestore = false } = policy;
  const { log, now } = job;
  const { reportDir, siteTimeZone = null, redox } = config;
  const ledger = await openLedger({ ...config, url: job.ledgerUrl, signal: job.signal, ...startOf(policy, log) });
  const { writer, commits } = ledger;
  try {
    const target = targetOf(redox);
    const startsAnew = !(await isBound(writer, target, newTarget));
    await nameLedger(writer);
    const found = await findPosition(writer, reportDir);
    // A ledger that is about to forget everything has no commits left to lose.
    if (!startsAnew && !afterRestore) assertNothingLost(found);
    const opening = {
      ...policy,
      planOnly,
      programVersion: packageVersion,
      siteTimeZone,
      callTimeoutMs: redox.callTimeoutMs,
    };
    const run = await openRun(writer, { ...opening, startedAt: now(), startsAnew });
    const runs = found.runs ?? [];
    const isKeptBack = afterRestore;
    const file = new PositionFile({ reportDir, log, now, runId: run.id, before: found.ledger, runs, isKeptBack });
    const position = { file, runs: found.runs };
    const anew = startsAnew ? () => bindAnew(writer, target) : null;
    const services: LedgerServices = { ...job, ledger, run, bindAnew: anew, position };
    logStart(services);
    if (found.verdict.kind === 'differs') log('ledger_position_differs', { how: found.verdict.how });
    commits.listen((count) => {
      file.note(count);
    });
    commits.made(await begun(writer));
    try {
      return await finish(reportDir, services, () => work(services), report);
    } finally {
      if (!writer.isLost) await moved(writer).then(commits.made, () => undefined);
      await file.finish();
    }
  } finally {
    await ledger.close();
  }
}

/** How it starts beside other starts: `--once`, `--wait`. */
function startOf({ job, planOnly = false, allowLargeChange = false, once, dueAt, waitMs }: RunPolicy, log: Log) {
  return {
    once: once === true && dueAt instanceof Date ? { job, dueAt, planOnly, allowLargeChange } : null,
    ...(typeof waitMs === 'number' ? { waitMs } : {}),
    onWait: (holder: string): void => {
      log('ledger_awaited', { holder, ms: waitMs ?? 0 });
    },
  };
}

async function withSource(policy: Policy, services: LedgerServices, work: Work): Promise<WorkEnd> {
  const { ehr: settings } = policy.config;
  const { ledgerUrl, log, now } = services;
  const { source } = settings;
  if (source.kind === 'postgres' && namesSameDatabase(source.url, ledgerUrl)) log('ledger_in_ehr', {});
  let refusal: string | null = null;
  const opened = await openSource(settings, services, async (landed) => {
    // Damaged files look like a mass change, so they are checked before a row is compared.
    refusal = await guardSource(services, landed, settings.extracts);
    if (refusal !== null && refusesSource(policy)) throw refusedPlan(refusal, true);
  });
  const { ehr } = opened;
  try {
    logWarnings(log, ehr);
    logRemarks(log, opened.remarks);
    if (opened.linesLeftOut > 0) log('lines_left_out', { count: opened.linesLeftOut });
    const scope = await resolveScope(policy, services, ehr);
    const reading = { ...readingOf(opened, calendarOf(settings, now())), refusal };
    return await work({ ...policy, scope }, { ...services, ehr, source: reading });
  } finally {
    await opened.close();
  }
}

/** `rerun` of chosen rows goes on, as the person asked; `--plan-only` shows the reason with the plan. */
const refusesSource = ({ scope, planOnly, allowLargeChange }: Policy): boolean =>
  !planOnly && !allowLargeChange && (scope === 'changes' || takesAllMerges(scope));

/**
 * `changes` begins at the watermark. Without a watermark, without updated_at in the contract, or after a restore, every row is read
 * instead, and the run's mode shows it.
 */
async function resolveScope(
  { scope, afterRestore }: Policy,
  { ledger, run, log }: LedgerServices,
  ehr: Ehr,
): Promise<Scope> {
  if (scope !== 'changes') return scope;
  const saysWhen = ehr.hasUpdatedAt('patient') && ehr.hasUpdatedAt('encounter');
  const left = await leftByLastPlan(ledger.reader);
  // Only a sweep finds the rows that wait, once the calls planned beforehand are used up.
  const isUsedUp = (left?.waiting ?? null) !== null && left?.has_planned === false;
  if (run.watermark !== null && saysWhen && !afterRestore && !isUsedUp)
    return { kind: 'changes', since: run.watermark };
  const why = !saysWhen ? 'contract_without_updated_at' : isUsedUp ? 'rows_wait' : 'no_watermark_yet';
  log('sweep_instead', { reason: afterRestore ? 'after_restore' : why });
  await setMode(ledger.writer, run, 'sweep');
  return { kind: 'sweep' };
}
