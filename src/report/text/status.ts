import type { CallState, EventType } from '../../decide/call.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import { describeFindability, type Findability, readFindability } from './findability.ts';
import { type Backlog, describeBacklog, describeWaiting, readBacklog } from '../backlog.ts';
import { type CurrentLines, currentLines } from '../person-lines.ts';
import { counted, inFull, lasting, minuteOf, table } from '../../plain-text.ts';
import {
  type AuditProgress,
  type AuditTally,
  describeBound,
  describeLastAudit,
  describeProgress,
  readAuditProgress,
  readLastAudits,
} from './audit.ts';
import { type LastConfirmation, readLastConfirmation } from './confirmation.ts';
import { describeLeftOut, readLastSource, type SourceSummary } from './source-summary.ts';

interface Status {
  readonly runs: readonly RunLine[];
  readonly open: readonly OpenCalls[];
  /** Null before the first night. */
  readonly watermark: Date | null;
  readonly cleanNight: CleanNight | null;
  readonly findability: Findability;
  readonly backlog: Backlog;
  readonly linesForPeople: CurrentLines;
  /** From the newest run; null if the EHR is a database. */
  readonly source: SourceSummary | null;
  /** Null: no run has asked Redox what became of its messages. */
  readonly confirmation: LastConfirmation | null;
  /** The newest audit, and how far `audit --all` has come; null before the first. */
  readonly lastAudit: AuditTally | null;
  readonly auditProgress: AuditProgress | null;
  /** The last alert about the site; null before the first health check. */
  readonly lastAlert: LastAlertRow | null;
}

interface CleanNight {
  readonly run_id: string;
  readonly finished_at: Date;
}

interface LastAlertRow {
  readonly alerted_state: string;
  readonly alerted_reasons: readonly string[];
  readonly alerted_at: Date | null;
}

interface RunLine {
  readonly run_id: string;
  readonly job: string;
  readonly mode: string;
  readonly plan_only: boolean;
  readonly status: string;
  readonly exit_code: number | null;
  readonly started_at: Date;
  readonly finished_at: Date | null;
}

interface OpenCalls {
  readonly event_type: EventType;
  /** `undelivered`: Redox accepted it and lost it. */
  readonly state: CallState | 'undelivered';
  readonly calls: number;
  readonly open_since: Date;
}

/** Fits on one screen; fewer runs are shown if many items are open. */
const shownRuns = 10;
const fewestRuns = 3;
/** A terminal of 24 lines, less one for the prompt. */
const screenLines = 23;

export async function readStatus(session: Session): Promise<Status> {
  const [watermark] = await session.run<{ through: Date }>(statement('ledger/plan/read_watermark'));
  const [lastAlert] = await session.run<LastAlertRow>(statement('ledger/health/read_last_alert'));
  return {
    runs: await lastRuns(session, shownRuns),
    open: await session.run<OpenCalls>(statement('ledger/status/count_open_calls')),
    watermark: watermark?.through ?? null,
    cleanNight: await readCleanNight(session),
    findability: await readFindability(session),
    backlog: await readBacklog(session),
    linesForPeople: await currentLines(session),
    source: await readLastSource(session),
    confirmation: await readLastConfirmation(session),
    lastAudit: (await readLastAudits(session, 1))[0] ?? null,
    auditProgress: await readAuditProgress(session),
    lastAlert: lastAlert ?? null,
  };
}

/** The last clean night; null before the first. */
export async function readCleanNight(session: Session): Promise<CleanNight | null> {
  const [night] = await session.run<CleanNight>(statement('ledger/status/read_last_clean_night'));
  return night ?? null;
}

/** Newest first. */
export const lastRuns = (session: Session, count: number): Promise<RunLine[]> =>
  session.run<RunLine>(statement('ledger/status/read_last_runs'), [count]);

export interface ReportedRun {
  readonly number: number;
  readonly id: string;
  readonly job: string;
}

/** Null if the ledger has no such run. */
export async function findRun(session: Session, runId: string): Promise<ReportedRun | null> {
  const [found] = await session.run<ReportedRun>(statement('ledger/status/find_run'), [runId]);
  return found ?? null;
}

/** One screen of plain text. */
export function describeStatus(status: Status, now: Date): string[] {
  const above = [...howLong(status, now), '', ...whatIsOpen(status), ''];
  const ran = whatRan(status);
  const header = 1;
  return [...above, ...ran.slice(0, header + Math.max(fewestRuns, screenLines - above.length - header))];
}

function howLong(
  {
    cleanNight,
    watermark,
    findability,
    backlog,
    lastAlert,
    linesForPeople,
    source,
    confirmation,
    lastAudit,
    auditProgress,
  }: Status,
  now: Date,
): string[] {
  const night =
    cleanNight === null
      ? 'none yet'
      : `${lasting(now.getTime() - cleanNight.finished_at.getTime())} ago (${cleanNight.run_id})`;
  const bound = describeBound(lastAudit);
  return [
    `Last clean night  ${night}`,
    `Watermark         ${watermark === null ? 'none yet' : minuteOf(watermark)}`,
    `Others can find   ${describeFindability(findability) ?? 'nobody yet'}`,
    `Needs a person    ${whatNeedsPeople(linesForPeople, lastAudit)}`,
    ...(source === null ? [] : [`Lines left out    ${describeLeftOut(source)}`]),
    `Confirmed         ${whatIsConfirmed(confirmation, now)}`,
    `Read back         ${describeLastAudit(lastAudit, now)}`,
    ...(bound === null ? [] : [`So, 95 % sure     ${bound}`]),
    ...(auditProgress === null ? [] : [`Audit --all       ${describeProgress(auditProgress)}`]),
    ...(lastAudit === null ? [] : [`Not proved        see report.html of ${lastAudit.run_id}`]),
    `Last alert        ${whatWasAlerted(lastAlert)}`,
    ...doneIn(backlog),
  ];
}

/** The lines as counted by the page and the exit code, including later additions and resolutions. */
function whatNeedsPeople({ lines, new_lines, known_since }: CurrentLines, lastAudit: AuditTally | null): string {
  if (lines === 0) return (lastAudit?.counts.wrong ?? 0) === 0 ? 'nothing' : 'what was read back wrong, see below';
  const known = known_since === null ? '' : `, known since ${known_since.toISOString().slice(0, 10)}`;
  return `${counted(lines, 'line')}, ${inFull(new_lines)} new${known} (open-actions.csv)`;
}

function whatIsConfirmed(confirmation: LastConfirmation | null, now: Date): string {
  if (confirmation === null) return 'not asked (see confirm): accepted by Redox, no more is known';
  const { asked, succeeded, pending, recorded_at } = confirmation;
  const way = pending === 0 ? '' : `, ${inFull(pending)} on their way`;
  return `${inFull(succeeded)} of ${counted(asked, 'message')} arrived${way}, ${lasting(now.getTime() - recorded_at.getTime())} ago`;
}

function whatWasAlerted(lastAlert: LastAlertRow | null): string {
  const at = lastAlert?.alerted_at ?? null;
  if (lastAlert === null || at === null) return 'none yet';
  const reasons = lastAlert.alerted_reasons.length === 0 ? '' : ` (${lastAlert.alerted_reasons.join(', ')})`;
  return `${lastAlert.alerted_state.replace('_', ' ')}${reasons}, ${minuteOf(at)}`;
}

function doneIn(backlog: Backlog): string[] {
  const done = describeBacklog(backlog);
  const waiting = describeWaiting(backlog);
  return [
    ...(done === null ? [] : [`All will be sent  ${done}`]),
    ...(waiting === null ? [] : [`Beyond the plan   ${waiting} (PLAN_AHEAD)`]),
  ];
}

function whatIsOpen({ open }: Status): string[] {
  if (open.length === 0) return ['No call is open.'];
  const lines = open.map(({ event_type, state, calls, open_since }) => [
    event_type,
    state,
    inFull(calls),
    minuteOf(open_since),
  ]);
  return table([['Open', 'state', 'calls', 'the oldest since'], ...lines]);
}

function whatRan({ runs }: Status): string[] {
  if (runs.length === 0) return ['Nothing has run yet.'];
  const lines = runs.map(({ run_id, mode, plan_only, status, exit_code, started_at, finished_at }) => [
    run_id,
    plan_only ? `${mode}, plan only` : mode,
    status,
    exit_code === null ? '-' : String(exit_code),
    finished_at === null ? '-' : lasting(finished_at.getTime() - started_at.getTime()),
  ]);
  return table([['Last runs', 'mode', 'status', 'exit', 'took'], ...lines]);
}
