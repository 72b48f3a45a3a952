/**
 * The circuit breaker (decision 10): when every call fails in the same way, the cause is common to all rows. A wrong
 * destination, a revoked key or an outage costs a few calls and then stops the delivery.
 */
import type { CallState } from './call.ts';

/** How many calls may fail alike in a row: at the start of a run, and after a first success. */
const firstLimit = 20;
const rowLimit = 200;

/**
 * Failures of the connection as a whole, by cause. A refusal of one message (400, 413, errors in the answer) predicts
 * nothing about the next. An outage may answer 502 and then 503, and a network may break in several ways; these count
 * as alike.
 */
const commonFailures = {
  key: /^http_401$/,
  permission: /^http_403$/,
  address: /^http_404$/,
  subscription: /^no_subscription$/,
  outage: /^(http_(5\d\d|408)|timeout$)/,
  network: /^(connection|connect|host|tls)_/,
  // The answer of a proxy or a captive portal, which is independent of the message.
  somebodyElse: /^(http_3\d\d|unreadable_answer)$/,
} as const;

interface Breaker {
  /** Counts the outcome of a call; true if delivery must stop. */
  readonly isOpenedBy: (state: CallState, reason: string | null) => boolean;
  readonly isOpen: () => boolean;
  /** The reasons of the current series of failures. */
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
        // Calls that stayed unsent prove nothing.
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
