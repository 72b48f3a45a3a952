/** Decides whether and when a call is tried again. Pure: the caller supplies the clock and the random number. */

import type { Attempt } from '../call.ts';
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
