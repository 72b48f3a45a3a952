/**
 * The life of a call.
 *
 *   planned → sending → accepted | rejected | failed | unknown
 *   planned → unneeded | superseded | blocked
 *   sending → planned, where a stop came before the first byte left
 *
 * The states record what is known. `sending` is committed before a byte leaves, so a process that dies leaves a trace; the
 * next start marks the call `unknown`.
 */

/** The events that this job sends, in the order of a person's calls (decision 15). */
export const eventTypes = ['NewPatient', 'PatientUpdate', 'PatientMerge', 'VisitPush'] as const;
export type EventType = (typeof eventTypes)[number];

const outcomes = ['accepted', 'rejected', 'failed', 'unknown'] as const;
export type Outcome = (typeof outcomes)[number];

export const callStates = ['planned', 'sending', ...outcomes, 'unneeded', 'superseded', 'blocked'] as const;
export type CallState = (typeof callStates)[number];

/**
 * What one POST proves: `accepted` and `rejected` are certain; `not_taken` is certain too and may be retried; after
 * `ambiguous`, Redox may or may not have the message.
 */
export type AttemptResult = 'accepted' | 'rejected' | 'not_taken' | 'ambiguous';

/** One POST of a call, as stored in the ledger. It contains no patient values: `detail` is already masked. */
export interface Attempt {
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly result: AttemptResult;
  /** HTTP status, or null if no answer came. */
  readonly httpStatus: number | null;
  /**
   * What went wrong, from a closed list (`http_504`, `timeout`, `connection_refused`, `meta_errors` …); null after a
   * success.
   */
  readonly reason: string | null;
  /** The text of Redox's answer, with every string of our own message masked; null if there was none. */
  readonly detail: string | null;
  /** `Meta.Logs[0].ID` or `Meta.Message.ID` of the answer: finds the call in Redox's log inspector. */
  readonly redoxLogId: string | null;
  /** `Meta.Logs[0].ID` alone: `confirm` asks for this log. */
  readonly logId: string | null;
}

export interface Delivery {
  readonly outcome: Outcome;
  readonly attempts: readonly Attempt[];
}
