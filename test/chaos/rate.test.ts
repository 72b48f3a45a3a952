import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isShort, seed, dice } from './support/budget.ts';
import { ChaosSite } from './support/site.ts';
import { count } from './support/tally.ts';

/** The rate is a promise (decision 17): by the arrivals at the stand-in, by its own clock. */
const limit = { calls: 60, windowMs: 5_000 };
const settings = { RATE_LIMIT: '60/5s', CALL_TIMEOUT: '2s' };

let site: ChaosSite;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ site, close } = await ChaosSite.open(settings));
});
afterAll(async () => {
  await site.countFigures();
  await close();
});

/** The most arrivals in any rolling window. */
function most(times: readonly number[]): number {
  count('rate windows looked at', times.length);
  let first = 0;
  return Math.max(
    0,
    ...times.map((at, index) => {
      while ((times[first] ?? at) <= at - limit.windowMs) first += 1;
      return index - first + 1;
    }),
  );
}

describe.skipIf(isShort)('calls in any rolling window stay within the limit', () => {
  test('over killed nights, on machines whose clocks differ by minutes', async () => {
    const some = dice(seed);
    await site.ehr.grow(60);
    site.standIn.misbehave([{ kind: 'delay', ms: 50 }]);
    // A machine whose clock is four minutes behind: to it, and to the next one, the calls of the other lie elsewhere in time.
    for (const shift of ['-240000', '0', '-240000', '0']) {
      const before = site.standIn.requests().posts;
      const job = site.start('nightly', { CHAOS_CLOCK_SHIFT_MS: shift });
      await job.until(() => site.standIn.requests().posts >= before + 15 + some.number(30));
      job.kill('SIGKILL');
      count('processes killed');
      count('clock jumps');
      site.countSettled(await job.ended);
    }
    await site.expectConvergence();
    expect(most(site.standIn.requests().postTimes)).toBeLessThanOrEqual(limit.calls);
  });

  test('when Redox answers with errors, so that calls are retried and cut short', async () => {
    await site.ehr.grow(10);
    site.standIn.misbehave([{ kind: 'status', status: 503 }]);
    count('faults injected at Redox');
    for (let crash = 0; crash < 2; crash += 1) {
      const before = site.standIn.requests().posts;
      const job = site.start('nightly');
      // After a crash the persons in flight go one at a time, and each waits between its tries.
      await job.until(() => site.standIn.requests().posts >= before + (crash === 0 ? 30 : 8));
      job.kill('SIGKILL');
      count('processes killed');
      site.countSettled(await job.ended);
    }
    await site.expectConvergence();
    expect(most(site.standIn.requests().postTimes)).toBeLessThanOrEqual(limit.calls);
  });
});
