/**
 * The life of a call.
 *
 *   planned → sending → accepted | rejected | failed | unknown
 *   planned → unneeded | superseded | blocked
 *   sending → planned, where a stop came before the first byte left
 *
 * The states say what is *known*, not what is hoped. `sending` is committed before a byte leaves, so a process that dies
 * leaves a trace; the next start settles it as `unknown`.
 */

/** The events this job sends, in the order in which a person's calls go out (decision 15). */
export const eventTypes = ['NewPatient', 'PatientUpdate', 'PatientMerge', 'VisitPush'] as const;
export type EventType = (typeof eventTypes)[number];

/** What became of a call that was sent. */
const outcomes = ['accepted', 'rejected', 'failed', 'unknown'] as const;
export type Outcome = (typeof outcomes)[number];

export const callStates = ['planned', 'sending', ...outcomes, 'unneeded', 'superseded', 'blocked'] as const;
export type CallState = (typeof callStates)[number];

/**
 * One POST and what it says about the call:
 * `accepted` and `rejected` are certain; `not_taken` is certain too and may be tried again; after `ambiguous` nobody
 * knows whether Redox has it.
 */
export type AttemptResult = 'accepted' | 'rejected' | 'not_taken' | 'ambiguous';

/** One POST of a call, as the ledger keeps it. No patient value stands in it: `detail` is masked before it gets here. */
export interface Attempt {
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly result: AttemptResult;
  /** HTTP status, or null where no answer came. */
  readonly httpStatus: number | null;
  /** What went wrong, from a closed list (`http_504`, `timeout`, `connection_refused`, `meta_errors` …); null if nothing did. */
  readonly reason: string | null;
  /** What Redox said, with every string of our own message masked; null where it said nothing. */
  readonly detail: string | null;
  /** `Meta.Logs[0].ID` or `Meta.Message.ID` of the answer: finds the call in Redox's log inspector. */
  readonly redoxLogId: string | null;
}

/** A call's outcome and the attempts that led to it. */
export interface Delivery {
  readonly outcome: Outcome;
  readonly attempts: readonly Attempt[];
}
