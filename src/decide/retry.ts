/** When a call is tried again, and when it is not. Pure: the clock and the dice are the caller's. */

import type { Attempt } from './call.ts';

export interface RetryPolicy {
  /** POSTs of one call in one run, the first included. */
  readonly attempts: number;
  /** Wait after the first try, at most; doubled after each further one. */
  readonly baseMs: number;
  /** No wait is longer, whatever `Retry-After` asks for. */
  readonly capMs: number;
}

export const defaultRetryPolicy: RetryPolicy = { attempts: 5, baseMs: 1_000, capMs: 120_000 };

/** What a wait depends on beside the number of the try. */
interface WaitFactors {
  /** What `Retry-After` asked for, or null. */
  readonly retryAfterMs: number | null;
  /** In [0, 1). */
  readonly random: number;
}

/** How long to wait before the call is tried again; null: not again. */
export function retryWaitMs(
  attempts: readonly Pick<Attempt, 'result' | 'httpStatus'>[],
  factors: WaitFactors,
  policy: RetryPolicy,
): number | null {
  const last = attempts.at(-1);
  if (last === undefined) return 0;
  if (last.result === 'accepted' || last.result === 'rejected') return null;
  if (attempts.length >= policy.attempts) return null;
  // A 401 is mended by a new token, not by waiting; a second one in a row says that the token was not at fault.
  if (last.httpStatus === 401) return attempts.at(-2)?.httpStatus === 401 ? null : 0;
  return backOffMs(attempts.length, factors, policy);
}

/**
 * The wait after `tries` tries: doubled each time, and between half and the whole of it by chance, so that lanes that
 * failed together do not come back together.
 */
export function backOffMs(tries: number, { retryAfterMs, random }: WaitFactors, policy: RetryPolicy): number {
  const ceilingMs = Math.min(policy.capMs, policy.baseMs * 2 ** (tries - 1));
  const jitteredMs = (ceilingMs / 2) * (1 + random);
  return Math.min(policy.capMs, Math.max(jitteredMs, retryAfterMs ?? 0));
}

/** `Retry-After` as milliseconds from `now`: whole seconds or an HTTP date (RFC 9110 §10.2.3); null where it says neither. */
export function retryAfterMs(header: string | null, now: Date): number | null {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  // Date.parse takes much for a date ("-5" is one); an HTTP date always names its weekday.
  const at = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}
