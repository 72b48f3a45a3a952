/**
 * The circuit breaker (decision 10): when nothing gets through and everything fails alike, it is not the rows. A wrong
 * destination, a revoked key or an outage shall cost a few calls, not all of them.
 */
import type { CallState } from './call.ts';

/** The first calls of a run may fail alike this often, and calls in a row later on. */
const firstLimit = 20;
const rowLimit = 200;

/** Failures of the way there. What Redox refuses of one message (400, 413, errors in the answer) says nothing of the next. */
const commonReasons = /^(http_(401|403|404|5\d\d)|connection_|connect_|host_|timeout$)/;

export interface Breaker {
  /** Notes what became of a call that was sent, and says whether delivery must stop. */
  readonly isOpenedBy: (state: CallState, reason: string | null) => boolean;
}

export function openBreaker(): Breaker {
  let alike: { reason: string; count: number } | null = null;
  let hasSucceeded = false;
  return {
    isOpenedBy: (state, reason) => {
      const isCommon = reason !== null && commonReasons.test(reason) && isFailure(state);
      if (!isCommon) {
        // A call that was not sent proves nothing.
        if (state === 'accepted' || isFailure(state)) {
          hasSucceeded = true;
          alike = null;
        }
        return false;
      }
      alike = alike?.reason === reason ? { reason, count: alike.count + 1 } : { reason, count: 1 };
      return alike.count >= (hasSucceeded ? rowLimit : firstLimit);
    },
  };
}

const isFailure = (state: CallState): boolean => state === 'rejected' || state === 'failed' || state === 'unknown';
