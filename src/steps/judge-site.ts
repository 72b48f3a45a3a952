/**
 * After the end of a job: how does the site stand now, and who must hear of it? Nothing here may change how the job ended, so every
 * failure is a warning in the log, and what could not be told is told by the next job that ends.
 */
import { hostname } from 'node:os';
import { type Patience, usualPatience } from '../alert/patience.ts';
import type { Alerting } from '../config/alerting.ts';
import { exitCodes } from '../core/fault.ts';
import type { Secret } from '../core/secret.ts';
import {
  type AlertThresholds,
  type Ended,
  endingReasons,
  type JobEnd,
  type Judgement,
  knownAfter,
  measuredReasons,
  type Measures,
  isNews,
  noMeasures,
  nothingSaid,
  type Said,
  type Standing,
  standingOf,
  stillKnown,
} from '../core/standing.ts';
import {
  lastWeek,
  noteJudgements,
  openLedgerToJudge,
  recallJudgements,
  type Recalled,
  type RunOfProcess,
  runOfThisProcess,
} from '../ledger/judgement.ts';
import type { Log } from '../log.ts';
import type { Session } from '../postgres/session.ts';
import { personLines } from '../report/person-lines.ts';
import { summarise, type Summary } from '../report/summary.ts';
import { type Alert, alertBody } from './alert-body.ts';
import { readJudgementFile, removeJudgementFile, writeJudgementFile } from './judgement-file.ts';
import { metricsOfEnding, metricsOfLedger } from './write-metrics.ts';

export interface Tellers {
  readonly alerting: Alerting;
  /** Gives the URL of the ledger; rejects where it cannot be had. */
  readonly withLedger: (work: (url: Secret) => Promise<void>) => Promise<void>;
  readonly log: Log;
  readonly patience?: Patience;
}

/** Judges, tells and remembers. Never rejects. */
export async function judgeSite(ended: Ended, tellers: Tellers): Promise<void> {
  const { log } = tellers;
  try {
    await tellers.withLedger((url) => judgeByLedger(ended, tellers, url));
  } catch (error) {
    log('judgement_failed', { job: ended.job, reason: nameOf(error) });
    await judgeByFile(ended, tellers).catch((again: unknown) => {
      log('judgement_lost', { job: ended.job, reason: nameOf(again) });
    });
  }
  await beat(ended, tellers);
}

async function judgeByLedger(ended: Ended, tellers: Tellers, url: Secret): Promise<void> {
  const { alerting } = tellers;
  const session = await openLedgerToJudge(url);
  try {
    const carried = await readJudgementFile(alerting.reportDir);
    await noteJudgements(session, carried);
    if (carried.length > 0) await removeJudgementFile(alerting.reportDir);

    const run = await runOfThisProcess(session, ended.job, ended.startedAt);
    const summary = run === null ? null : await summarise(session, run.run_number);
    const own = await ownJudgement(session, ended, { run, summary }, alerting.thresholds);
    const { standing, said } = await tell(own, await recallJudgements(session), tellers, summary);
    await remember(session, { ...own, said }, tellers);
    await metricsOfLedger(session, standing.state, ended.job, tellers);
  } finally {
    await session.close();
  }
}

/** What this end alone says: of a night also what it found. */
async function ownJudgement(
  session: Session,
  ended: Ended,
  { run, summary }: { readonly run: RunOfProcess | null; readonly summary: Summary | null },
  thresholds: AlertThresholds,
): Promise<Omit<Judgement, 'said'>> {
  const own = { ...judgedOf(ended), runId: run?.run_id ?? null };
  const reasons = endingReasons(ended);
  if (summary === null || !isNight(ended, run)) return { ...own, ...noMeasures, reasons };
  const { patients, ...measures } = await measure(session, run, summary);
  const found = measuredReasons(measures, await lastWeek(session, ended.endedAt), patients, thresholds);
  return { ...own, ...measures, reasons: [...new Set([...reasons, ...found])] };
}

/** Without a ledger only the end itself is known. */
async function judgeByFile(ended: Ended, tellers: Tellers): Promise<void> {
  const { reportDir } = tellers.alerting;
  const before = await readJudgementFile(reportDir);
  const own = { ...noMeasures, ...judgedOf(ended), runId: null, reasons: endingReasons(ended) };
  const recalled = { since: before, said: before.at(-1)?.said ?? nothingSaid };
  const { standing, said } = await tell(own, recalled, tellers, null);
  await writeJudgementFile(reportDir, [...before, { ...own, said }]);
  await metricsOfEnding(ended, standing.state, tellers);
}

/** Told and not noted would be told again, so where the ledger does not take it the file does. */
async function remember(session: Session, judgement: Judgement, { alerting, log }: Tellers): Promise<void> {
  try {
    await noteJudgements(session, [judgement]);
  } catch (error) {
    log('judgement_failed', { job: judgement.job, reason: nameOf(error) });
    await writeJudgementFile(alerting.reportDir, [judgement]);
  }
}

const judgedOf = ({
  job,
  planOnly,
  exitCode,
  endedAt,
  dueAt,
  startedAt,
}: Ended): Omit<Judgement, 'runId' | 'reasons' | 'said' | keyof Measures> => ({
  job,
  planOnly,
  exitCode,
  judgedAt: endedAt,
  dueAt,
  startedAt,
});

/** A nightly, or an apply of what one planned, whether or not it got to the end of its plan. */
const isNight = ({ job, planOnly }: Ended, run: RunOfProcess | null): run is RunOfProcess =>
  (job === 'nightly' || (job === 'apply' && run?.mode === 'sweep')) &&
  !planOnly &&
  (run?.status === 'done' || run?.status === 'stopped');

interface Measured extends Measures {
  /** Those whose match keys are known. */
  readonly patients: number;
}

async function measure(session: Session, { run_number }: RunOfProcess, summary: Summary): Promise<Measured> {
  const { watermark, findability } = summary;
  const { patients, findable } = findability;
  return {
    personLines: (await personLines(session, run_number)).lines,
    findableShare: patients === 0 ? null : findable / patients,
    missed: watermark.missed,
    patients,
  };
}

interface Told {
  readonly standing: Standing;
  /** What people know now. */
  readonly said: Said;
}

async function tell(
  own: Omit<Judgement, 'said'>,
  { since, said }: Recalled,
  { alerting, log, patience = usualPatience }: Tellers,
  summary: Alert['summary'],
): Promise<Told> {
  const standing = standingOf(isClean(own) ? [own] : [...since, own]);
  const notTold = { standing, said: { ...stillKnown(standing, said), at: said.at } };
  if (alerting.webhookUrl === null || !isNews(standing, said)) return notTold;
  const alert: Alert = { own, now: standing, before: said, summary, host: hostname(), reportDir: alerting.reportDir };
  const { postJson } = await import('../alert/post.ts');
  const failure = await postJson(alerting.webhookUrl, alertBody(alert), patience, alerting.wayOut);
  if (failure !== null) {
    log('alert_failed', { job: own.job, state: standing.state, reason: failure });
    return notTold;
  }
  log('alert_sent', { job: own.job, state: standing.state, before: said.state });
  return { standing, said: { ...knownAfter(standing, said), at: own.judgedAt } };
}

/** It went through, so what others found before it is over; `since-clean-night.sql` says the same. */
const isClean = ({ job, planOnly, exitCode }: JobEnd): boolean =>
  (job === 'nightly' || job === 'apply') &&
  !planOnly &&
  (exitCode === exitCodes.done || exitCode === exitCodes.needsPerson);

/** Only what makes a night keeps the switch quiet: an intraday would hide that the nights have ceased. */
async function beat(ended: Ended, { alerting, log, patience = usualPatience }: Tellers): Promise<void> {
  const { job, planOnly, exitCode } = ended;
  if (alerting.heartbeatUrl === null || planOnly || (job !== 'nightly' && job !== 'apply')) return;
  if (exitCode >= exitCodes.usage) return;
  const { ping } = await import('../alert/post.ts');
  const failure = await ping(alerting.heartbeatUrl, patience, alerting.wayOut);
  if (failure !== null) log('heartbeat_failed', { job, reason: failure });
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');
