import { describe, expect, test } from 'vitest';
import type { Exchange } from '../../../src/decide/outcome.ts';
import { defaultRetryPolicy } from '../../../src/decide/redox/failure.ts';
import { notNow } from '../../../src/redox/post.ts';
import { atSharedRate, openSharedRate } from '../../../src/redox/shared-rate.ts';

/** What one request leaves at the place that counts for everybody. */
async function left(request: () => Promise<Exchange>): Promise<{ given: number[]; pausedMs: number[] }> {
  const given: number[] = [];
  const pausedMs: number[] = [];
  const source = {
    take: () => Promise.resolve({ id: 1, calls: 3, until: performance.now() + 60_000 }),
    give: (_: unknown, calls: number) => Promise.resolve(void given.push(calls)),
    pause: (forMs: number) => Promise.resolve(void pausedMs.push(forMs)),
    close: () => Promise.resolve(),
  };
  const shared = openSharedRate(source, new AbortController().signal);
  await atSharedRate(shared, defaultRetryPolicy, request).catch(() => undefined);
  await shared.close();
  return { given, pausedMs };
}

const answered = (httpStatus: number, retryAfter: string | null = null): Exchange => ({
  kind: 'answered',
  httpStatus,
  body: null,
  retryAfter,
});

describe('a request at a shared rate', () => {
  test('counts once it is answered', async () => {
    expect(await left(() => Promise.resolve(answered(200)))).toEqual({ given: [1], pausedMs: [] });
  });

  test('counts if it fails', async () => {
    expect(await left(() => Promise.reject(new Error('broken')))).toEqual({ given: [1], pausedMs: [] });
  });

  test('does not count if it never left', async () => {
    const unsent = { kind: 'unanswered', errorCode: notNow } as const;
    expect(await left(() => Promise.resolve(unsent as Exchange))).toEqual({ given: [0], pausedMs: [] });
  });

  test('pauses everybody for the time that a refusal names', async () => {
    expect(await left(() => Promise.resolve(answered(429, '30')))).toEqual({ given: [1], pausedMs: [30_000] });
  });
});
