/**
 * How the site stands, and whether people must hear of it. Each judged end of a job leaves a judgement: what it found wrong, in
 * reasons of a closed list. The site stands as the judgements since the last clean night say together:
 *
 *   - how a job ended counts until the same job ends otherwise; a night that is done sets all others right;
 *   - what a run found counts until the next night that is done, which looks at every row again.
 *
 * Only a change is told: another state, or a reason that was not said while the state lasts.
 */
import { exitCodes } from '../fault.ts';

export const siteStates = ['ok', 'needs_person', 'failing'] as const;
export type SiteState = (typeof siteStates)[number];

/** How the job ended. Any of them: the site is failing. */
const endings = ['run_failed', 'run_refused', 'ledger_held', 'breaker', 'night_overdue'] as const;
/** What the run found. Any of them: a person is needed. */
const conditions = ['needs_person', 'lines_rising', 'findability_fell', 'watermark_missed'] as const;
export const reasons = [...endings, ...conditions] as const;
export type Reason = (typeof reasons)[number];

export const isReason = (text: string): text is Reason => reasons.some((one) => one === text);
export const isSiteState = (text: string): text is SiteState => siteStates.some((one) => one === text);

export interface Health {
  readonly state: SiteState;
  readonly reasons: readonly Reason[];
}

/** What people were last told: nothing yet is as good as `ok`. */
export interface LastAlert extends Health {
  /** When; null where nothing was said yet. */
  readonly at: Date | null;
}

export const noAlert: LastAlert = { state: 'ok', reasons: [], at: null };

/** What a night measures, for trends; null where it did not get so far, and of other jobs. */
export interface Measures {
  /** Lines of open-actions.csv that need a person, known ones too. */
  readonly personLines: number | null;
  /** Of the patients whose match keys are known, those whom others can find: 0 to 1. */
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

/** The same, and when. */
export interface Ended extends JobEnd {
  /** The circuit breaker had stopped delivery. */
  readonly isBreaker: boolean;
  /** Another run has held the ledger for too long. */
  readonly isHeld?: boolean;
  readonly dueAt: Date;
  readonly startedAt: Date;
  readonly endedAt: Date;
}

/** One judged end of a job, as it is remembered. */
export interface HealthRecord extends JobEnd, Measures {
  readonly recordedAt: Date;
  /** Null where it ended before it had a run. */
  readonly runId: string | null;
  /** When it was to start; its own start where nobody said. */
  readonly dueAt: Date;
  readonly startedAt: Date;
  /** Its own, of the jobs' together. */
  readonly reasons: readonly Reason[];
  /** What people know after it. */
  readonly lastAlert: LastAlert;
}

/** From when on a measure is worth a word. */
export interface AlertThresholds {
  /** Lines for a person, more than at the best of the last seven days. */
  readonly lines: number;
  /** Share of findable patients, 0 to 1, less than at the best of the last seven days; and ten patients at least. */
  readonly findable: number;
  /** Rows that changed without a newer `updated_at`, in one night of the last seven days. */
  readonly missed: number;
}

/** The best (of `missed`: the worst) of the last seven days before this night; null where nothing was measured. */
export type Week = Measures;

/** What the end of a job alone says. */
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

/** It is no run: that it is refused, by a ledger that the next night will migrate, says nothing of the nights. */
function watchdogReasons(exitCode: number): readonly Reason[] {
  if (exitCode === exitCodes.needsPerson) return ['night_overdue'];
  return exitCode >= exitCodes.usage && exitCode !== exitCodes.refused ? ['run_failed'] : [];
}

export const watchdog = 'watchdog';

/** So few patients are no trend: in a small practice one of them is a percent. */
const fewPatients = 10;

/** What the night found. `patients`: how many the share of the findable is of. */
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

/** How the site stands. `since`: the judgements since the last clean night, which is the first of them; the oldest first. */
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

/** Another state, or a reason that people have not heard while it lasts. */
export const isNews = (now: Health, lastAlert: Health): boolean =>
  now.state !== lastAlert.state || now.reasons.some((reason) => !lastAlert.reasons.includes(reason));

/**
 * What people know once this was told. Nights that fail now in one way and now in another are told once each way. Also where nothing
 * was told: a finding that is over may be news again.
 */
export function knownAfter(now: Health, lastAlert: Health): Health {
  if (now.state !== lastAlert.state) return now;
  const heard = new Set([...now.reasons, ...lastAlert.reasons.filter(isEnding)]);
  return { state: now.state, reasons: reasons.filter((reason) => heard.has(reason)) };
}

/** The same where it could not be told, or was no news. */
export const stillKnown = (now: Health, lastAlert: Health): Health => ({
  state: lastAlert.state,
  reasons:
    now.state === lastAlert.state
      ? lastAlert.reasons.filter((one) => isEnding(one) || now.reasons.includes(one))
      : lastAlert.reasons,
});
