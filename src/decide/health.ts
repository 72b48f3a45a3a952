/**
 * The health of the site, and when to send an alert. Each job that ends adds a health record with reasons from a closed list. The
 * site's health combines the records since the last clean night:
 *
 *   - how a job ended counts until the same job ends differently; a clean night clears all of them;
 *   - what a run found counts until the next completed night, which checks every row again.
 *
 * An alert is sent only for a change: another state, or a reason that is new within the same state.
 */
import { exitCodes } from '../fault.ts';

export const siteStates = ['ok', 'needs_person', 'failing'] as const;
export type SiteState = (typeof siteStates)[number];

/** How the job ended. With any of these, the site is failing. */
const endings = ['run_failed', 'run_refused', 'ledger_held', 'breaker', 'night_overdue'] as const;
/** What the run found. With any of these, a person is needed. */
const conditions = ['needs_person', 'lines_rising', 'findability_fell', 'watermark_missed', 'undelivered'] as const;
export const reasons = [...endings, ...conditions] as const;
export type Reason = (typeof reasons)[number];

export const isReason = (text: string): text is Reason => reasons.some((one) => one === text);
export const isSiteState = (text: string): text is SiteState => siteStates.some((one) => one === text);

export interface Health {
  readonly state: SiteState;
  readonly reasons: readonly Reason[];
}

/** The content of the last alert; `ok` before the first one. */
export interface LastAlert extends Health {
  /** Null before the first alert. */
  readonly at: Date | null;
}

export const noAlert: LastAlert = { state: 'ok', reasons: [], at: null };

/** What a night measures, for trends; null in other jobs, and in nights that ended earlier. */
export interface Measures {
  /** Lines of open-actions.csv that need a person, including those already known. */
  readonly personLines: number | null;
  /** The share of patients with known match keys whom others can find: 0 to 1. */
  readonly findableShare: number | null;
  /** Rows that changed without a newer `updated_at`. */
  readonly missed: number | null;
}

export const noMeasures: Measures = { personLines: null, findableShare: null, missed: null };

export interface JobEnd {
  readonly job: string;
  readonly planOnly: boolean;
  readonly exitCode: number;
}

export interface Ended extends JobEnd {
  /** The circuit breaker stopped the delivery. */
  readonly isBreaker: boolean;
  /** Another run has held the ledger for too long. */
  readonly isHeld?: boolean;
  readonly dueAt: Date;
  readonly startedAt: Date;
  readonly endedAt: Date;
}

export interface HealthRecord extends JobEnd, Measures {
  readonly recordedAt: Date;
  /** Null where the job ended before it had a run. */
  readonly runId: string | null;
  /** The scheduled start; the actual start where no schedule was given. */
  readonly dueAt: Date;
  readonly startedAt: Date;
  /** The reasons of this job alone. */
  readonly reasons: readonly Reason[];
  /** The last alert as of this record. */
  readonly lastAlert: LastAlert;
}

export interface AlertThresholds {
  /** How many more lines for a person than on the best of the last seven days. */
  readonly lines: number;
  /**
   * By how much the findable share, 0 to 1, may fall below the best of the last seven days; it must also concern at
   * least ten patients.
   */
  readonly findable: number;
  /** Rows that changed without a newer `updated_at`, in one night of the last seven days. */
  readonly missed: number;
}

/** The best values (for `missed` the worst) of the seven days before this night; null if nothing was measured. */
export type Week = Measures;

/** The reasons that follow from the job's end alone. */
export function endingReasons({
  job,
  exitCode,
  isBreaker,
  isHeld = false,
}: Omit<Ended, 'dueAt' | 'startedAt' | 'endedAt'>): readonly Reason[] {
  if (job === watchdog) return watchdogReasons(exitCode);
  if (isBreaker) return ['breaker'];
  if (isHeld) return ['ledger_held'];
  if (exitCode === exitCodes.refused) return ['run_refused'];
  if (exitCode >= exitCodes.usage) return ['run_failed'];
  return exitCode === exitCodes.needsPerson ? ['needs_person'] : [];
}

/** The watchdog may be refused by a ledger that the next night will migrate, so a refusal raises no alert. */
function watchdogReasons(exitCode: number): readonly Reason[] {
  if (exitCode === exitCodes.needsPerson) return ['night_overdue'];
  return exitCode >= exitCodes.usage && exitCode !== exitCodes.refused ? ['run_failed'] : [];
}

export const watchdog = 'watchdog';

/** Fewer patients are no trend: in a small practice one patient is a percent. */
const fewPatients = 10;

/** The night's findings. `patients`: the number of patients behind the findable share. */
export function measuredReasons(
  night: Measures,
  week: Week,
  patients: number,
  limits: AlertThresholds,
): readonly Reason[] {
  const { personLines, findableShare, missed } = night;
  const moreLines = (personLines ?? 0) - (week.personLines ?? personLines ?? 0);
  const lessFindable = findableShare === null ? 0 : (week.findableShare ?? findableShare) - findableShare;
  const found: Reason[] = [];
  if ((personLines ?? 0) > 0) found.push('needs_person');
  if (moreLines >= limits.lines) found.push('lines_rising');
  if (lessFindable >= limits.findable && lessFindable * patients >= fewPatients) found.push('findability_fell');
  if (Math.max(missed ?? 0, week.missed ?? 0) >= limits.missed) found.push('watermark_missed');
  return found;
}

/**
 * The site's health. `since`: the records since the last clean night, oldest first; the clean night is the first of
 * them.
 */
export function healthOf(since: readonly Pick<HealthRecord, 'job' | 'planOnly' | 'reasons'>[]): Health {
  const last = new Map(since.map((one) => [`${one.job} ${one.planOnly}`, one]));
  const present = new Set([
    ...[...last.values()].flatMap((one) => one.reasons.filter(isEnding)),
    ...since.flatMap((one) => one.reasons.filter((reason) => !isEnding(reason))),
  ]);
  const health = reasons.filter((reason) => present.has(reason));
  if (health.length === 0) return { state: 'ok', reasons: [] };
  return { state: health.some(isEnding) ? 'failing' : 'needs_person', reasons: health };
}

const isEnding = (reason: Reason): boolean => endings.some((one) => one === reason);

/** Another state, or a reason that is new within the same state. */
export const isNews = (now: Health, lastAlert: Health): boolean =>
  now.state !== lastAlert.state || now.reasons.some((reason) => !lastAlert.reasons.includes(reason));

/**
 * The last alert after this one was sent. Failure reasons accumulate, so nights that fail in alternating ways raise one
 * alert per reason. Findings that are over are dropped, so they may raise an alert again.
 */
export function knownAfter(now: Health, lastAlert: Health): Health {
  if (now.state !== lastAlert.state) return now;
  const alerted = new Set([...now.reasons, ...lastAlert.reasons.filter(isEnding)]);
  return { state: now.state, reasons: reasons.filter((reason) => alerted.has(reason)) };
}

/** The last alert where none was sent now. */
export const stillKnown = (now: Health, lastAlert: Health): Health => ({
  state: lastAlert.state,
  reasons:
    now.state === lastAlert.state
      ? lastAlert.reasons.filter((one) => isEnding(one) || now.reasons.includes(one))
      : lastAlert.reasons,
});
