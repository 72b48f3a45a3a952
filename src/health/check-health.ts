/**
 * After a job ends: determines the site's health and sends an alert if it changed. The job's exit code stays as it is, so a failure
 * here becomes a warning in the log, and the next job retries the alert.
 */
import { hostname } from 'node:os';
import { type Patience, usualPatience } from './alert/patience.ts';
import type { Alerting } from '../config/alerting.ts';
import { exitCodes } from '../fault.ts';
import type { Secret } from '../secret.ts';
import {
  type AlertThresholds,
  type Ended,
  endingReasons,
  type JobEnd,
  type HealthRecord,
  knownAfter,
  measuredReasons,
  type Measures,
  isNews,
  noMeasures,
  noAlert,
  type LastAlert,
  type Health,
  type Reason,
  healthOf,
  stillKnown,
} from '../decide/health.ts';
import {
  lastWeek,
  recordHealth,
  openLedgerForHealth,
  recallHealth,
  type Recalled,
  type RunOfProcess,
  runOfThisProcess,
} from '../ledger/health.ts';
import type { Log } from '../log/log.ts';
import type { Session } from '../postgres/session.ts';
import { countTroubles } from '../report/text/confirmation.ts';
import { personLines } from '../report/person-lines.ts';
import { summarise, type Summary } from '../report/summary.ts';
import { type Alert, alertBody } from './alert-body.ts';
import { readHealthFile, removeHealthFile, writeHealthFile } from './health-file.ts';
import { metricsOfEnding, metricsOfLedger } from './write-metrics.ts';

export interface Notifier {
  readonly alerting: Alerting;
  /** Gives the URL of the ledger; rejects where it cannot be had. */
  readonly withLedger: (work: (url: Secret) => Promise<void>) => Promise<void>;
  readonly log: Log;
  readonly patience?: Patience;
}

/** Checks the site's health, sends an alert on a change, and records both. Never rejects. */
export async function checkHealth(ended: Ended, notifier: Notifier): Promise<void> {
  const { log } = notifier;
  try {
    await notifier.withLedger((url) => checkByLedger(ended, notifier, url));
  } catch (error) {
    log('health_record_failed', { job: ended.job, reason: nameOf(error) });
    await checkByFile(ended, notifier).catch((again: unknown) => {
      log('health_record_lost', { job: ended.job, reason: nameOf(again) });
    });
  }
  await beat(ended, notifier);
}

async function checkByLedger(ended: Ended, notifier: Notifier, url: Secret): Promise<void> {
  const { alerting } = notifier;
  const session = await openLedgerForHealth(url);
  try {
    const carried = await readHealthFile(alerting.reportDir);
    await recordHealth(session, carried);
    if (carried.length > 0) await removeHealthFile(alerting.reportDir);

    const run = await runOfThisProcess(session, ended.job, ended.startedAt);
    const summary = run === null ? null : await summarise(session, run.run_number);
    const own = await ownRecord(session, ended, { run, summary }, alerting.thresholds);
    const { health, lastAlert } = await tell(own, await recallHealth(session), notifier, summary);
    await remember(session, { ...own, lastAlert }, notifier);
    await metricsOfLedger(session, health.state, ended.job, notifier);
  } finally {
    await session.close();
  }
}

/** What this end alone says: of a night also what it found. */
async function ownRecord(
  session: Session,
  ended: Ended,
  { run, summary }: { readonly run: RunOfProcess | null; readonly summary: Summary | null },
  thresholds: AlertThresholds,
): Promise<Omit<HealthRecord, 'lastAlert'>> {
  const own = { ...recordOf(ended), runId: run?.run_id ?? null };
  const reasons = [...endingReasons(ended), ...(await lossReasons(session, run))];
  if (summary === null || !isNight(ended, run)) return { ...own, ...noMeasures, reasons };
  const { patients, ...measures } = await measure(session, run, summary);
  const found = measuredReasons(measures, await lastWeek(session, ended.endedAt), patients, thresholds);
  return { ...own, ...measures, reasons: [...new Set([...reasons, ...found])] };
}

/** Messages are lost or stuck inside Redox, or its logs cannot be read. */
const lossReasons = async (session: Session, run: RunOfProcess | null): Promise<readonly Reason[]> =>
  run !== null && (await countTroubles(session, run.run_number)) > 0 ? ['undelivered'] : [];

/** Without a ledger only the end itself is known. */
async function checkByFile(ended: Ended, notifier: Notifier): Promise<void> {
  const { reportDir } = notifier.alerting;
  const before = await readHealthFile(reportDir);
  const own = { ...noMeasures, ...recordOf(ended), runId: null, reasons: endingReasons(ended) };
  const recalled = { since: before, lastAlert: before.at(-1)?.lastAlert ?? noAlert };
  const { health, lastAlert } = await tell(own, recalled, notifier, null);
  await writeHealthFile(reportDir, [...before, { ...own, lastAlert }]);
  await metricsOfEnding(ended, health.state, notifier);
}

/** An unrecorded alert would be sent twice, so the file keeps what the ledger refuses. */
async function remember(session: Session, record: HealthRecord, { alerting, log }: Notifier): Promise<void> {
  try {
    await recordHealth(session, [record]);
  } catch (error) {
    log('health_record_failed', { job: record.job, reason: nameOf(error) });
    await writeHealthFile(alerting.reportDir, [record]);
  }
}

const recordOf = ({
  job,
  planOnly,
  exitCode,
  endedAt,
  dueAt,
  startedAt,
}: Ended): Omit<HealthRecord, 'runId' | 'reasons' | 'lastAlert' | keyof Measures> => ({
  job,
  planOnly,
  exitCode,
  recordedAt: endedAt,
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
  readonly health: Health;
  readonly lastAlert: LastAlert;
}

async function tell(
  own: Omit<HealthRecord, 'lastAlert'>,
  { since, lastAlert }: Recalled,
  { alerting, log, patience = usualPatience }: Notifier,
  summary: Alert['summary'],
): Promise<Told> {
  const health = healthOf(isClean(own) ? [own] : [...since, own]);
  const notAlerted = { health, lastAlert: { ...stillKnown(health, lastAlert), at: lastAlert.at } };
  if (alerting.webhookUrl === null || !isNews(health, lastAlert)) return notAlerted;
  const alert: Alert = {
    own,
    now: health,
    before: lastAlert,
    summary,
    host: hostname(),
    reportDir: alerting.reportDir,
  };
  const { postJson } = await import('./alert/post.ts');
  const failure = await postJson(alerting.webhookUrl, alertBody(alert), patience, alerting.wayOut);
  if (failure !== null) {
    log('alert_failed', { job: own.job, state: health.state, reason: failure });
    return notAlerted;
  }
  log('alert_sent', { job: own.job, state: health.state, before: lastAlert.state });
  return { health, lastAlert: { ...knownAfter(health, lastAlert), at: own.recordedAt } };
}

/** True for a clean night, which ends all earlier findings; `read_health_since_clean_night` uses the same condition. */
const isClean = ({ job, planOnly, exitCode }: JobEnd): boolean =>
  (job === 'nightly' || job === 'apply') &&
  !planOnly &&
  (exitCode === exitCodes.done || exitCode === exitCodes.needsPerson);

/** Only what makes a night keeps the switch quiet: an intraday would hide that the nights have ceased. */
async function beat(ended: Ended, { alerting, log, patience = usualPatience }: Notifier): Promise<void> {
  const { job, planOnly, exitCode } = ended;
  if (alerting.heartbeatUrl === null || planOnly || (job !== 'nightly' && job !== 'apply')) return;
  if (exitCode >= exitCodes.usage) return;
  const { ping } = await import('./alert/post.ts');
  const failure = await ping(alerting.heartbeatUrl, patience, alerting.wayOut);
  if (failure !== null) log('heartbeat_failed', { job, reason: failure });
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');
