import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AttemptResult } from '../../../src/decide/call.ts';
import { backOffMs, defaultRetryPolicy, retryAfterMs, retryWaitMs } from '../../../src/decide/redox/failure.ts';

const attempt = (result: AttemptResult, httpStatus: number | null = null) => ({ result, httpStatus });
const unauthorized = attempt('not_taken', 401);
const outage = attempt('ambiguous', 504);
const middling = { retryAfterMs: null, random: 0.5 };

describe('retries', () => {
  test.each(['accepted', 'rejected'] as const)('end for a call that is %s', (result) => {
    expect(retryWaitMs([attempt(result)], middling, defaultRetryPolicy)).toBeNull();
    expect(retryWaitMs([outage, attempt(result)], middling, defaultRetryPolicy)).toBeNull();
  });

  test.each(['not_taken', 'ambiguous'] as const)('continue for a call that is %s, up to the limit', (result) => {
    const attempts = Array.from({ length: 5 }, () => attempt(result));
    expect(retryWaitMs(attempts.slice(0, 4), middling, defaultRetryPolicy)).toBeGreaterThan(0);
    expect(retryWaitMs(attempts, middling, defaultRetryPolicy)).toBeNull();
  });

  test('follow a first 401 at once, for a new token', () => {
    expect(retryWaitMs([unauthorized], middling, defaultRetryPolicy)).toBe(0);
    expect(retryWaitMs([unauthorized, unauthorized], middling, defaultRetryPolicy)).toBeNull();
  });

  test('follow a 401 after a long wait as an expired token', () => {
    expect(retryWaitMs([unauthorized, outage, unauthorized], middling, defaultRetryPolicy)).toBe(0);
  });

  test('end after one try under a policy of one', () => {
    expect(retryWaitMs([outage], middling, { ...defaultRetryPolicy, attempts: 1 })).toBeNull();
  });
});

describe('the wait before a retry', () => {
  test('doubles from one second up to two minutes', () => {
    const longest = { retryAfterMs: null, random: 0.999999 };
    const waits = [1, 2, 3, 7, 8, 9].map((tries) => Math.round(backOffMs(tries, longest, defaultRetryPolicy) / 1_000));
    expect(waits).toEqual([1, 2, 4, 64, 120, 120]);
  });

  test('is a random part between half and the whole', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (tries, random) => {
        const ceiling = Math.min(120_000, 1_000 * 2 ** (tries - 1));
        const wait = backOffMs(tries, { retryAfterMs: null, random }, defaultRetryPolicy);
        expect(wait).toBeGreaterThanOrEqual(ceiling / 2);
        expect(wait).toBeLessThan(ceiling);
      }),
    );
  });

  test('is at least Retry-After, and at most the cap', () => {
    expect(backOffMs(1, { retryAfterMs: 30_000, random: 0 }, defaultRetryPolicy)).toBe(30_000);
    expect(backOffMs(1, { retryAfterMs: 3_600_000, random: 0 }, defaultRetryPolicy)).toBe(120_000);
    expect(backOffMs(1, { retryAfterMs: 0, random: 0 }, defaultRetryPolicy)).toBe(500);
  });
});

test.each([
  [null, null],
  ['', null],
  ['7', 7_000],
  [' 0 ', 0],
  ['Wed, 05 Mar 2025 02:00:30 GMT', 30_000],
  ['Wed, 05 Mar 2025 01:00:00 GMT', 0],
  ['-5', null],
  ['1.5', null],
  ['soon', null],
])('Retry-After %j is %j ms', (header, ms) => {
  expect(retryAfterMs(header, new Date('2025-03-05T02:00:00Z'))).toBe(ms);
});
