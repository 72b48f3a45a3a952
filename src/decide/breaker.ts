/**
 * The circuit breaker (decision 10): when nothing gets through and everything fails alike, it is not the rows. A wrong
 * destination, a revoked key or an outage shall cost a few calls, not all of them.
 */
import type { CallState } from './call.ts';

/** The first calls of a run may fail alike this often, and calls in a row later on. */
const firstLimit = 20;
const rowLimit = 200;

/**
 * Failures of the way there, by what is the matter. What Redox refuses of one message (400, 413, errors in the answer) says
 * nothing of the next. An outage answers now 502 and now 503, and a network breaks in more than one way: that is alike.
 */
const commonFailures = {
  key: /^http_401$/,
  permission: /^http_403$/,
  address: /^http_404$/,
  subscription: /^no_subscription$/,
  outage: /^(http_(5\d\d|408)|timeout$)/,
  network: /^(connection|connect|host|tls)_/,
  // A proxy's or a portal's answer: it says nothing of the message that it was sent.
  somebodyElse: /^(http_3\d\d|unreadable_answer)$/,
} as const;

interface Breaker {
  /** Notes what became of a call that was sent, and says whether delivery must stop. */
  readonly isOpenedBy: (state: CallState, reason: string | null) => boolean;
  readonly isOpen: () => boolean;
  /** Why the calls failed that are counted together now. */
  readonly reasons: () => readonly string[];
}

export function openBreaker(): Breaker {
  let alike: { readonly failure: string; readonly count: number; readonly reasons: readonly string[] } | null = null;
  let hasSucceeded = false;
  let isOpen = false;
  return {
    isOpenedBy: (state, reason) => {
      const failure = isFailure(state) ? commonFailureOf(reason) : undefined;
      if (failure === undefined || reason === null) {
        // A call that was not sent proves nothing.
        if (state === 'accepted' || isFailure(state)) {
          hasSucceeded = true;
          alike = null;
        }
        return false;
      }
      const before = alike?.failure === failure ? alike : { count: 0, reasons: [] };
      alike = { failure, count: before.count + 1, reasons: [...new Set([...before.reasons, reason])] };
      isOpen ||= alike.count >= (hasSucceeded ? rowLimit : firstLimit);
      return isOpen;
    },
    isOpen: () => isOpen,
    reasons: () => alike?.reasons ?? [],
  };
}

const commonFailureOf = (reason: string | null): string | undefined =>
  Object.entries(commonFailures).find(([, reasons]) => reason !== null && reasons.test(reason))?.[0];

const isFailure = (state: CallState): boolean => state === 'rejected' || state === 'failed' || state === 'unknown';
