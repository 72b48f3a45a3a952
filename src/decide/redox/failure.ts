/**
 * Decides what failed attempts lead to: whether and when a call is tried again, and whether calls that fail alike end the delivery. The
 * caller supplies the clock and the random number.
 */
import type { Attempt, CallState } from '../call.ts';
import type { Exchange } from '../outcome.ts';

export interface RetryPolicy {
  /** Maximum POSTs of one call in one run, including the first. */
  readonly attempts: number;
  /** Upper bound of the wait after the first attempt; doubled after each further one. */
  readonly baseMs: number;
  /** Upper bound of every wait, `Retry-After` included. */
  readonly capMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { attempts: 5, baseMs: 1_000, capMs: 120_000 };

interface WaitFactors {
  /** The wait that `Retry-After` asked for, or null. */
  readonly retryAfterMs: number | null;
  /** In [0, 1). */
  readonly random: number;
}

/** How long to wait before the next attempt; null: no further attempt. */
export function retryWaitMs(
  attempts: readonly Pick<Attempt, 'result' | 'httpStatus'>[],
  factors: WaitFactors,
  policy: RetryPolicy,
): number | null {
  const last = attempts.at(-1);
  if (last === undefined) return 0;
  if (last.result === 'accepted' || last.result === 'rejected') return null;
  if (attempts.length >= policy.attempts) return null;
  // A new token cures a 401 at once; after a second 401 in a row, the cause is something else.
  if (last.httpStatus === 401) return attempts.at(-2)?.httpStatus === 401 ? null : 0;
  return backOffMs(attempts.length, factors, policy);
}

/**
 * The wait after `tries` attempts: doubled each time, and randomised between half and the full value, so that lanes
 * that failed together retry at different times.
 */
export function backOffMs(tries: number, { retryAfterMs, random }: WaitFactors, policy: RetryPolicy): number {
  const ceilingMs = Math.min(policy.capMs, policy.baseMs * 2 ** (tries - 1));
  const jitteredMs = (ceilingMs / 2) * (1 + random);
  return Math.min(policy.capMs, Math.max(jitteredMs, retryAfterMs ?? 0));
}

/** `Retry-After` as milliseconds from `now`: whole seconds or an HTTP date (RFC 9110 §10.2.3); null for anything else. */
export function retryAfterMs(header: string | null, now: Date): number | null {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  // Date.parse is lenient (it parses "-5"); an HTTP date always begins with its weekday.
  const at = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}

/**
 * True if the same query may succeed later. Queries change nothing, so they are safe to repeat. A first 401 may come from an expired token.
 */
export function isWorthRepeating(exchange: Exchange, tries: number): boolean {
  if (exchange.kind === 'unanswered') return true;
  const { httpStatus } = exchange;
  return httpStatus >= 500 || httpStatus === 408 || httpStatus === 429 || (httpStatus === 401 && tries === 1);
}

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

/**
 * The circuit breaker (decision 10): when every call fails in the same way, the cause is common to all rows. A wrong
 * destination, a revoked key or an outage costs a few calls and then stops the delivery.
 */
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
