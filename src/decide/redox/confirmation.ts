/**
 * Decides what the logs at Redox do to the rows of the ledger. A 200 says that Redox took a message; its log says what became of it.
 *
 *   log                                              effect on the row, if the call is its newest
 *   ────────────────────────────────────────────────────────────────────────────────────────────────────────────────
 *   succeeded                                        none: the message is there
 *   failed                                           owed again; after three dates held, as after a refusal
 *   failed, 20 or more alike, the queue works again  owed again; counts against no row
 *   failed, 20 or more alike, the queue does not     waits, but for a few that try the queue; one line for the queue
 *   filtered                                         a line for a person: a filter in the dashboard drops it
 *   pending, or no log yet                           none: it is on its way; one line for a queue past CONFIRM_WITHIN
 *   no log after CONFIRM_WITHIN, others have one     owed again once; the second time a line for a person
 *   no log for more than 20 and 1 % of a window      none: one line, because the logs cannot be read
 *   succeeded, and a merge in another order          owed again: one of the two overtook the other
 *
 * Redox has one queue per data model. It stops at its first failure; therefore many waiting messages are one trouble.
 */
import type { EventType } from '../call.ts';

export const logStatuses = ['succeeded', 'failed', 'filtered', 'pending'] as const;
export type LogStatus = (typeof logStatuses)[number];

/** A log as it is kept: each text is from a closed list. */
export interface MessageLog {
  readonly id: string;
  readonly status: LogStatus;
  readonly stage: string | null;
  readonly code: string | null;
  readonly path: string | null;
  /** When it last changed, by Redox's clock; null if it does not say. */
  readonly endedAt: Date | null;
}

export const dataModels = ['PatientAdmin', 'Clinical Summary'] as const;
export type DataModel = (typeof dataModels)[number];

export const dataModelOf = (eventType: EventType): DataModel =>
  eventType === 'VisitPush' ? 'Clinical Summary' : 'PatientAdmin';

/** A call with a failed log, or with none. The names are the columns'. */
export interface UnsettledCall {
  readonly call_id: number;
  readonly event_type: EventType;
  readonly log_status: LogStatus | null;
  readonly log_stage: string | null;
  readonly log_code: string | null;
  readonly log_path: string | null;
  readonly accepted_at: Date;
  /** The row's newest accepted call, and nothing was sent for the row since. */
  readonly is_newest: boolean;
  /** An earlier call of the row had no log. */
  readonly was_unseen: boolean;
  /** It failed with many others in an earlier run, and waits for the queue. */
  readonly has_waited: boolean;
}

/** Calls of a data model that wait at Redox past CONFIRM_WITHIN. There may be as many as were sent, so they are counted. */
export interface LatePending {
  readonly data_model: DataModel;
  readonly calls: number;
  /** The oldest acceptance. */
  readonly since: Date;
}

/** Late calls that were asked about together, and the calls of the same data model around them. */
export interface Window {
  readonly asked: number;
  /** Those with a log. */
  readonly found: number;
  /** Calls without a log after CONFIRM_WITHIN. */
  readonly missing: ReadonlySet<number>;
}

/**
 * What becomes of a call's log status.
 *
 *   owed         the row is owed again, and the date counts      final     nothing more to do for it
 *   owed_freely  the row is owed again, and no date counts       waits     the next run decides again
 */
export type Verdict = 'owed' | 'owed_freely' | 'final' | 'waits';

export interface Ruling {
  readonly callId: number;
  readonly eventType: EventType;
  readonly verdict: Verdict;
  /** It has no log. */
  readonly isUnseen: boolean;
}

export const queueTroubles = ['queue_stuck', 'queue_failing', 'logs_unreadable'] as const;
export type QueueTrouble = (typeof queueTroubles)[number];

/** A trouble that many calls of a queue share. */
export interface TroubleLine {
  readonly dataModel: DataModel;
  readonly kind: QueueTrouble;
  readonly calls: number;
  readonly since: Date;
}

export interface Findings {
  readonly calls: readonly UnsettledCall[];
  readonly windows: readonly Window[];
  readonly latePending: readonly LatePending[];
  /** The acceptance of the newest call that succeeded, per data model. */
  readonly lastSuccess: ReadonlyMap<DataModel, Date>;
}

export interface Decided {
  readonly rulings: readonly Ruling[];
  readonly troubles: readonly TroubleLine[];
}

/** From this number on, failures that are alike are the queue's. */
export const manyAlike = 20;
/** The number of many failures that are sent again to try the queue. */
export const triedAgain = 5;
/** With more calls than this and this share of a window without a log, the logs cannot be read. */
const mostUnseen = 20;
const mostUnseenShare = 0.01;

export function decide(findings: Findings): Decided {
  const { rulings: failed, failing } = decideFailures(findings);
  const { rulings: missing, unreadable } = decideMissing(findings);
  return {
    rulings: [...failed, ...missing],
    troubles: [
      ...findings.latePending.map(stuckQueue),
      ...troublesOf('queue_failing', failing),
      ...troublesOf('logs_unreadable', unreadable),
    ],
  };
}

const stuckQueue = ({ data_model, calls, since }: LatePending): TroubleLine => ({
  dataModel: data_model,
  kind: 'queue_stuck',
  calls,
  since,
});

const rulingOf = (call: UnsettledCall, verdict: Verdict, isUnseen = false): Ruling => ({
  callId: call.call_id,
  eventType: call.event_type,
  verdict,
  isUnseen,
});

function decideFailures({ calls, lastSuccess }: Findings): {
  readonly rulings: readonly Ruling[];
  readonly failing: readonly UnsettledCall[];
} {
  const failures = calls.filter(({ log_status }) => log_status === 'failed');
  const outdated = failures.filter(({ is_newest }) => !is_newest).map((call) => rulingOf(call, 'final'));
  const groups = groupsOf(
    failures.filter(({ is_newest }) => is_newest),
    ({ event_type, log_stage, log_code, log_path }) =>
      JSON.stringify([dataModelOf(event_type), log_stage, log_code, log_path]),
  );
  const failing: UnsettledCall[] = [];
  const decided = groups.flatMap((group) => {
    if (group.length < manyAlike && !group.some(({ has_waited }) => has_waited))
      return group.map((call) => rulingOf(call, 'owed'));
    failing.push(...group);
    const works = worksAgain(group, lastSuccess);
    return group.map((call, index) => rulingOf(call, works || index < triedAgain ? 'owed_freely' : 'waits'));
  });
  return { rulings: [...outdated, ...decided], failing };
}

/** A message that was accepted after all of them has arrived. */
function worksAgain([first, ...rest]: readonly UnsettledCall[], lastSuccess: Findings['lastSuccess']): boolean {
  if (first === undefined) return true;
  const success = lastSuccess.get(dataModelOf(first.event_type));
  return success !== undefined && [first, ...rest].every(({ accepted_at }) => accepted_at < success);
}

function decideMissing({ calls, windows }: Findings): {
  readonly rulings: readonly Ruling[];
  readonly unreadable: readonly UnsettledCall[];
} {
  const byId = new Map(calls.map((call) => [call.call_id, call]));
  const unreadable: UnsettledCall[] = [];
  const rulings = windows.flatMap(({ asked, found, missing }) => {
    const lost = [...missing].flatMap((id) => byId.get(id) ?? []);
    if (lost.length > mostUnseen && lost.length > asked * mostUnseenShare) {
      unreadable.push(...lost);
      return [];
    }
    // Without another log, nothing shows that the search works.
    return found === 0 ? [] : lost.map((call) => rulingOf(call, verdictOnUnseen(call), true));
  });
  return { rulings, unreadable };
}

const verdictOnUnseen = ({ is_newest, was_unseen }: UnsettledCall): Verdict =>
  is_newest && !was_unseen ? 'owed_freely' : 'final';

const troublesOf = (kind: QueueTrouble, calls: readonly UnsettledCall[]): readonly TroubleLine[] =>
  groupsOf(calls, ({ event_type }) => dataModelOf(event_type)).flatMap(([first, ...rest]) =>
    first === undefined
      ? []
      : [
          {
            dataModel: dataModelOf(first.event_type),
            kind,
            calls: 1 + rest.length,
            since: new Date(first.accepted_at.getTime()),
          },
        ],
  );

function groupsOf<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

/** How the asked calls stand: each is exactly one of these. */
export interface ConfirmationCounts {
  readonly asked: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly filtered: number;
  readonly pending: number;
  readonly unseen: number;
}
