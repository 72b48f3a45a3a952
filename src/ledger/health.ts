/** The site's health and its last alert. Written by a separate session, after the job's run has ended. */
import { hostname } from 'node:os';
import type { Secret } from '../secret.ts';
import {
  isReason,
  isSiteState,
  type HealthRecord,
  noAlert,
  noMeasures,
  type LastAlert,
  type Week,
} from '../decide/health.ts';
import type { Session } from '../postgres/session.ts';
import { statement } from '../postgres/sql-file.ts';
import { openLedgerSession } from './run/ledger-session.ts';
import { assertMigrated } from './run/migrate.ts';

export interface Recalled {
  readonly since: readonly Pick<HealthRecord, 'job' | 'planOnly' | 'reasons'>[];
  readonly lastAlert: LastAlert;
}

const patience = '60s';
const keptDays = 90;
const weekDays = 7;
const dayMs = 86_400_000;

/** Opens the ledger to assess the site's health, one process at a time. A run may be in progress. */
export async function openLedgerForHealth(url: Secret): Promise<Session> {
  const session = await openLedgerSession(url, { settings: { lock_timeout: patience } });
  try {
    await assertMigrated(session);
    await session.run(statement('ledger/health/take_health_turn'));
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}

export interface RunOfProcess {
  readonly run_number: number;
  readonly run_id: string;
  readonly mode: string;
  readonly status: string;
}

/** The run that this process has opened for the job since then, if any. */
export async function runOfThisProcess(session: Session, job: string, since: Date): Promise<RunOfProcess | null> {
  const [run] = await session.run<RunOfProcess>(statement('ledger/health/find_run_of_process'), [
    hostname(),
    process.pid,
    job,
    since,
  ]);
  return run ?? null;
}

export async function recallHealth(session: Session): Promise<Recalled> {
  const rows = await session.run<{ job: string; plan_only: boolean; reasons: string[] }>(
    statement('ledger/health/read_health_since_clean_night'),
  );
  const since = rows.map(({ job, plan_only, reasons }) => ({
    job,
    planOnly: plan_only,
    reasons: reasons.filter(isReason),
  }));
  return { since, lastAlert: await lastAlertOf(session) };
}

async function lastAlertOf(session: Session): Promise<LastAlert> {
  const [row] = await session.run<{ alerted_state: string; alerted_reasons: string[]; alerted_at: Date | null }>(
    statement('ledger/health/read_last_alert'),
  );
  if (row === undefined || !isSiteState(row.alerted_state)) return noAlert;
  return { state: row.alerted_state, reasons: row.alerted_reasons.filter(isReason), at: row.alerted_at };
}

/** Measurements of the nights of the last seven days. */
export async function lastWeek(session: Session, now: Date): Promise<Week> {
  const { person_lines, findable_share, missed_rows } = await session.one<{
    person_lines: number | null;
    findable_share: number | null;
    missed_rows: number | null;
  }>(statement('ledger/health/read_health_of_week'), [new Date(now.getTime() - weekDays * dayMs)]);
  return { ...noMeasures, personLines: person_lines, findableShare: findable_share, missed: missed_rows };
}

/** Stores health records, oldest first, and deletes the expired ones. */
export async function recordHealth(session: Session, records: readonly HealthRecord[]): Promise<void> {
  const newest = records.at(-1);
  if (newest === undefined) return;
  await session.transaction(async () => {
    for (const one of records) await recordOneHealth(session, one);
    await session.run(statement('ledger/health/forget_health'), [
      new Date(newest.recordedAt.getTime() - keptDays * dayMs),
    ]);
  });
}

async function recordOneHealth(session: Session, one: HealthRecord): Promise<void> {
  await session.run(statement('ledger/health/note_health'), [
    one.recordedAt,
    one.job,
    one.planOnly,
    one.runId,
    one.dueAt,
    one.startedAt,
    one.exitCode,
    one.reasons,
    one.personLines,
    one.findableShare,
    one.missed,
    one.lastAlert.state,
    one.lastAlert.reasons,
    one.lastAlert.at,
  ]);
}

export interface LastEnding {
  readonly job: string;
  readonly exit_code: number;
  readonly due_at: Date;
  readonly started_at: Date;
  readonly recorded_at: Date;
  /** Null if the job ended before opening a run, or the run was pruned. */
  readonly run_number: number | null;
}

export const lastEndings = (session: Session): Promise<LastEnding[]> =>
  session.run<LastEnding>(statement('ledger/health/read_last_endings'));

/** Attempts by duration; the last bucket is unbounded, with `at_most` null. */
interface Latency {
  readonly at_most: number | null;
  readonly attempts: number;
  readonly seconds: number;
}

export const attemptLatencies = (session: Session, runNumber: number, boundsS: readonly number[]): Promise<Latency[]> =>
  session.run<Latency>(statement('ledger/health/count_attempt_latencies'), [runNumber, boundsS.map(String)]);

/** When the ledger was created. */
export const ledgerSince = async (session: Session): Promise<Date> =>
  (await session.one<{ since: Date }>(statement('ledger/health/read_ledger_since'))).since;
