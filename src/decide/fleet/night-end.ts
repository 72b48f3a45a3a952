/** What the end of a site's job means: for the engine, and for people. */
import { endReasons, type EndReason, exitCodes } from '../../fault.ts';

export interface NightEnd {
  /** Null if it was killed. */
  readonly exitCode: number | null;
  /** Of its log line `job_ended`; null if it wrote none. */
  readonly reason: EndReason | null;
  /** Its process could not be started: the code of the system. */
  readonly notStarted?: string;
}

/** `again`: the engine starts it once more, on any worker. `done`: a repetition would end alike. */
export function engineVerdict({ exitCode, reason }: NightEnd): 'done' | 'again' {
  if (exitCode === null || exitCode === exitCodes.unavailable) return 'again';
  if (exitCode === exitCodes.stopped) return reason === 'until' || reason === 'max_calls' ? 'done' : 'again';
  return reason === 'ledger_held' ? 'again' : 'done';
}

export interface SiteJudgement {
  /** Null where this end says nothing new. */
  readonly state: 'ok' | 'needs_person' | 'failing' | null;
  /** One of the ends that pass by themselves; the third in a row makes the site failing. */
  readonly isFailure: boolean;
}

export function judgeSite(end: NightEnd): SiteJudgement {
  const { exitCode, reason } = end;
  if (reason === 'ledger_held') return { state: null, isFailure: false };
  if (exitCode === exitCodes.done) return { state: 'ok', isFailure: false };
  if (exitCode === exitCodes.needsPerson) return { state: 'needs_person', isFailure: false };
  if (engineVerdict(end) === 'again') return { state: null, isFailure: !(exitCode === exitCodes.stopped) };
  return { state: exitCode === exitCodes.stopped ? 'ok' : 'failing', isFailure: false };
}

/** The word for the tables. */
export const reasonOf = ({ exitCode, reason, notStarted }: NightEnd): string =>
  reason ?? (notStarted !== undefined ? 'not_started' : exitCode === null ? 'killed' : 'unexplained');

export const readReason = (text: string): EndReason | null => endReasons.find((one) => one === text) ?? null;
