import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RateLimit } from '../../../src/config/config.ts';
import { openRate, type Rate } from '../../../src/redox/rate.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const open = (limit: RateLimit | null, earlierAgesMs: readonly number[] = [], signal = new AbortController().signal) =>
  openRate({ limit, earlierAgesMs, signal });

/** Sends `count` calls of `callMs` each; what comes back are the times at which each left and was over. */
async function sendAll(rate: Rate, count: number, callMs: () => number): Promise<{ left: number; over: number }[]> {
  const sent: { left: number; over: number }[] = [];
  for (let index = 0; index < count; index += 1) {
    void rate.take().then((permit) => {
      const call = { left: performance.now(), over: Infinity };
      sent.push(call);
      setTimeout(() => {
        call.over = performance.now();
        permit.spend();
      }, callMs());
    });
  }
  for (let rounds = 0; sent.some(({ over }) => over === Infinity) || sent.length < count; rounds += 1) {
    if (rounds > 100_000) throw new Error(`only ${sent.length} of ${count} calls got through`);
    await vi.advanceTimersByTimeAsync(1_000);
  }
  return sent;
}

const most = (times: readonly number[], windowMs: number): number =>
  Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at <= from + windowMs).length));

describe('calls in any rolling window stay within the limit', () => {
  test("whenever a call arrived, and after an earlier run's calls", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ calls: fc.integer({ min: 1, max: 12 }), windowMs: fc.integer({ min: 200, max: 20_000 }) }),
        fc.array(fc.integer({ min: -500, max: 25_000 }), { maxLength: 20 }),
        fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 40 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        async (limit, earlierAgesMs, callTimes, share) => {
          const start = performance.now();
          const times = callTimes.values();
          const sent = await sendAll(open(limit, earlierAgesMs), callTimes.length, () => times.next().value ?? 0);
          const arrivals = sent.map(({ left, over }) => left + (over - left) * share);
          expect(most(arrivals, limit.windowMs)).toBeLessThanOrEqual(limit.calls);

          const before = earlierAgesMs.map((ageMs) => start - Math.max(0, ageMs));
          for (const { left } of sent) {
            const within = [...before, ...arrivals].filter((at) => at <= left && at >= left - limit.windowMs);
            expect(within.length).toBeLessThanOrEqual(limit.calls);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  test("a restart continues the previous run's window", async () => {
    const limit = { calls: 10, windowMs: 60_000 };
    const rate = open(
      limit,
      Array.from({ length: 10 }, () => 20_000),
    );
    const [first] = await sendAll(rate, 1, () => 0);
    expect(first?.left).toBeGreaterThan(40_000);
    expect(first?.left).toBeLessThan(40_010);
  });

  test('calls older than the window do not count', async () => {
    const rate = open({ calls: 1, windowMs: 60_000 }, [60_001, 90_000]);
    expect((await sendAll(rate, 1, () => 0))[0]?.left).toBe(0);
  });
});

test('calls are paced: what a second and a half is worth, then so many a second', async () => {
  const rate = open({ calls: 5_000, windowMs: 300_000 });
  const left = (await sendAll(rate, 200, () => 0)).map((call) => call.left);
  expect(left.filter((at) => at === 0)).toHaveLength(25);
  expect(left.filter((at) => at <= 1_000).length).toBeLessThanOrEqual(41);
  expect(left.at(-1)).toBeGreaterThan(10_000);
  expect(left.at(-1)).toBeLessThan(12_000);
});

test('serves in order of arrival', async () => {
  const rate = open({ calls: 2, windowMs: 1_000 });
  const order: number[] = [];
  const served = [0, 1, 2, 3, 4].map((index) =>
    rate.take().then((permit) => {
      order.push(index);
      permit.spend();
    }),
  );
  await vi.advanceTimersByTimeAsync(10_000);
  await Promise.all(served);
  expect(order).toEqual([0, 1, 2, 3, 4]);
});

test('a permit that is given back serves the next at once', async () => {
  const rate = open({ calls: 1, windowMs: 60_000 });
  const permit = await rate.take();
  const next = rate.take();
  await vi.advanceTimersByTimeAsync(120_000);
  permit.giveBack();
  await expect(next).resolves.toBeDefined();
});

test('an abort rejects all waiting and later calls', async () => {
  const stop = new AbortController();
  const rate = open({ calls: 1, windowMs: 60_000 }, [], stop.signal);
  await rate.take();
  const waiting = [rate.take(), rate.take()];
  const stopped = new Error('stopped');
  stop.abort(stopped);
  for (const one of [...waiting, rate.take()]) await expect(one).rejects.toBe(stopped);
  expect(vi.getTimerCount()).toBe(0);
});

describe('after a refusal by Redox', () => {
  const waitMsAfter = (times: number): number => 1_000 * times;

  test.each([null, { calls: 1_000, windowMs: 10_000 }])('every call waits (limit %j)', async (limit) => {
    const rate = open(limit);
    (await rate.take()).refuse(waitMsAfter);
    const left = (await sendAll(rate, 3, () => 0)).map((call) => call.left);
    expect(Math.min(...left)).toBe(1_000);
  });

  test('calls return one by one, not as a burst', async () => {
    const rate = open({ calls: 100, windowMs: 10_000 });
    (await rate.take()).refuse(waitMsAfter);
    const left = (await sendAll(rate, 5, () => 0)).map((call) => call.left);
    expect(left).toEqual([1_000, 1_100, 1_200, 1_300, 1_400]);
  });

  test('the wait grows with consecutive refusals, counting concurrent ones once', async () => {
    const rate = open(null);
    const together = [await rate.take(), await rate.take(), await rate.take()];
    const asked: number[] = [];
    const note = (times: number): number => {
      asked.push(times);
      return 1_000;
    };
    for (const permit of together) permit.refuse(note);
    await vi.advanceTimersByTimeAsync(1_000);
    (await rate.take()).refuse(note);
    await vi.advanceTimersByTimeAsync(1_000);
    (await rate.take()).spend();
    (await rate.take()).refuse(note);
    expect(asked).toEqual([1, 1, 1, 2, 1]);
  });
});

test('waiting calls leave together, once a second', async () => {
  const left = (await sendAll(open({ calls: 7_500, windowMs: 300_000 }), 80, () => 30)).map((call) => call.left);
  const times = [...new Set(left)];
  expect(times.map((time) => left.filter((one) => one === time).length)).toEqual([37, 25, 18]);
  expect(times.map((time) => Math.round((time - (times[0] ?? 0)) / 10) * 10)).toEqual([0, 1_000, 2_000]);
});

test('whatever the limit, waiting for company leaves no time of it unused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4_000 }), async (spacingMs) => {
      const calls = 40;
      const sent = await sendAll(open({ calls: 1_000, windowMs: 1_000 * spacingMs }), calls, () => 0);
      const last = Math.max(...sent.map(({ left }) => left)) - Math.min(...sent.map(({ left }) => left));
      // What waits is served once a second at most.
      expect(last).toBeLessThanOrEqual(calls * spacingMs + 1_000);
      expect(last).toBeGreaterThanOrEqual((calls - 1) * spacingMs - 1_500);
    }),
  );
});

test('without a limit no call waits', async () => {
  const left = (await sendAll(open(null), 500, () => 10)).map((call) => call.left);
  expect(new Set(left)).toEqual(new Set([0]));
});

describe('the busy time of the rate', () => {
  test('is what the waiting calls take at even spacing', async () => {
    const rate = open({ calls: 1, windowMs: 1_000 });
    await rate.take();
    expect(rate.busyMs()).toBe(0);
    void rate.take();
    void rate.take();
    expect(rate.busyMs()).toBe(2_000);
  });

  test('is 0 without a limit', async () => {
    const rate = open(null);
    await rate.take();
    expect(rate.busyMs()).toBe(0);
  });
});
