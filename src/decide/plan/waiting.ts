/** Rows that are due beyond PLAN_AHEAD: a plan counts them, and leaves them to later nights. */
import type { EventType } from '../call.ts';

type Rows = Readonly<Record<'patient' | 'encounter', number>>;

export interface Waiting {
  /** Redox never had them. */
  readonly new: Rows;
  /** The row is the one that was sent, and a release or a setting builds another message of it. */
  readonly rebuilt: Rows;
  /** First summaries of patients whom Redox has. */
  readonly summaries: number;
}

const noRows: Rows = { patient: 0, encounter: 0 };
export const noneWaiting: Waiting = { new: noRows, rebuilt: noRows, summaries: 0 };

const most = (one: Rows, other: Rows): Rows => ({
  patient: Math.max(one.patient, other.patient),
  encounter: Math.max(one.encounter, other.encounter),
});

/** What waits after a run that looked at changes alone: what waited before, of which it may have seen a part. */
export const stillWaiting = (before: Waiting, seen: Waiting): Waiting => ({
  new: most(before.new, seen.new),
  rebuilt: most(before.rebuilt, seen.rebuilt),
  summaries: Math.max(before.summaries, seen.summaries),
});

/** One row is one call; an MRN to be merged, or a new patient's summary, comes with its patient. */
export const waitingCalls = ({ new: fresh, rebuilt, summaries }: Waiting): Readonly<Record<EventType, number>> => ({
  NewPatient: fresh.patient,
  PatientUpdate: rebuilt.patient,
  PatientMerge: 0,
  VisitPush: fresh.encounter + rebuilt.encounter + summaries,
});

export const countWaitingCalls = (waiting: Waiting): number =>
  Object.values(waitingCalls(waiting)).reduce((sum, calls) => sum + calls, 0);

/** Of patients and visits. */
export const countWaitingRows = (waiting: Waiting): number => countWaitingCalls(waiting) - waiting.summaries;

export const isAnyRebuilt = (waiting: Waiting | null): boolean =>
  waiting !== null && waiting.rebuilt.patient + waiting.rebuilt.encounter > 0;
