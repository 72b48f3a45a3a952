/**
 * A job waits between its tries, and is paused, or its way to the ledger falls silent. Its session ends at the server, the EHR changes,
 * another job runs, and the first one goes on.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dice, type Dice, isShort, seed } from './support/budget.ts';
import type { Job } from './support/job.ts';
import { SilentPath } from './support/silent-path.ts';
import { ChaosSite } from './support/site.ts';
import { count } from './support/tally.ts';

/** So many pauses, in rounds of some: several jobs are paused before one runs to its end. */
const pauses = Number(process.env['CHAOS_PAUSES'] ?? 100);
const pausesARound = 10;

let site: ChaosSite;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ site, close } = await ChaosSite.open({ CALL_TIMEOUT: '1s' }));
  await site.ehr.grow(10);
  expect((await site.start('nightly').ended).exitCode).toBe(0);
});
afterAll(async () => {
  await site.countFigures();
  await close();
});

/** What the calls of a job wait for. */
const waits = {
  'the rate': { settings: { RATE_LIMIT: '20/5s' }, redox: [] },
  'the next try': { settings: {}, redox: [{ kind: 'status', status: 503, when: { every: 2 } }] },
  'a token': {
    settings: {},
    redox: [
      { kind: 'expire_tokens', when: { nth: 6, times: 1 } },
      { kind: 'hang', when: { endpoint: 'token', nth: 2 } },
    ],
  },
} as const;
type Wait = keyof typeof waits;

/** Whether the process stands still as well, or only hears nothing of the ledger: neither hears that its session has ended. */
type Way = 'is stopped' | 'hears nothing';

/** So long after it goes on it hears that its session has ended. */
const untilItHearsMs = 1_500;

interface Paused {
  readonly job: Job;
  readonly goOn: () => Promise<void>;
}

/** Starts a job on what has changed since, and pauses it once calls are in flight, some time later. Null where it had ended by then. */
async function pause(wait: Wait, way: Way, laterMs: number): Promise<Paused | null> {
  const { settings, redox } = waits[wait];
  site.standIn.misbehave([{ kind: 'delay', ms: 20 }, ...redox]);
  const path = await SilentPath.open(site.ledger.url);
  const posts = site.standIn.requests().posts;
  const job = site.start('nightly', { ...settings, LEDGER_URL: path.url.reveal() });
  await job.until(() => site.standIn.requests().posts > posts + 3);
  await sleep(laterMs);
  const isStopped = way === 'is stopped' && (await job.stopWhileWaiting());
  if (job.process.exitCode !== null || job.log.some(({ event }) => event === 'run_finished')) {
    if (isStopped) job.kill('SIGCONT');
    path.close();
    await job.ended;
    return null;
  }
  path.silence();
  await site.ledger.endSessions();
  site.standIn.misbehave([]);
  count('pauses');
  return {
    job,
    goOn: async () => {
      if (way === 'is stopped') job.kill('SIGCONT');
      await sleep(untilItHearsMs);
      path.close();
    },
  };
}

/** Another job has run to its end; what the paused ones send now is stale. */
async function expectNothingStale(paused: readonly Paused[]): Promise<void> {
  const before = site.journal.length;
  await Promise.all(paused.map(({ goOn }) => goOn()));
  for (const { job } of paused) {
    const { exitCode, said } = await job.ended;
    expect(exitCode, said).toBe(69);
  }
  const stale = site.journal.slice(before);
  count('stale messages after a pause', stale.length);
  expect(stale).toEqual([]);
}

async function round(some: Dice, paused: readonly (() => Promise<Paused | null>)[]): Promise<void> {
  const jobs: Paused[] = [];
  for (const begin of paused) {
    await site.ehr.live(some);
    const job = await begin();
    if (job !== null) jobs.push(job);
  }
  await site.ehr.live(some);
  const night = await site.start('nightly').ended;
  expect(night.exitCode, night.said).toBe(0);
  await expectNothingStale(jobs);
  await site.expectConvergence();
}

describe('a job that resumes after another run sends nothing', () => {
  test.runIf(isShort)('after it was paused and lost the ledger', async () => {
    await round(dice(seed), [
      () => pause('the rate', 'is stopped', 0),
      () => pause('the next try', 'hears nothing', 0),
    ]);
  });

  const cases = (Object.keys(waits) as Wait[]).flatMap((wait) =>
    (['is stopped', 'hears nothing'] as const).map((way) => [wait, way] as const),
  );
  test.skipIf(isShort).for(cases)('waiting for %s, it %s', async ([wait, way]) => {
    await round(dice(seed), [() => pause(wait, way, 0)]);
  });

  test.skipIf(isShort)(
    `at random moments, ${pauses} times (CHAOS_SEED=${seed})`,
    { timeout: pauses * 60_000 },
    async () => {
      const some = dice(seed);
      const any = (): Promise<Paused | null> =>
        pause(
          some.pick(Object.keys(waits) as [Wait, ...Wait[]]),
          some.pick(['is stopped', 'is stopped', 'hears nothing']),
          some.number(1_500),
        );
      for (let done = 0; done < pauses; done += pausesARound) {
        await round(
          some,
          Array.from({ length: pausesARound }, () => any),
        );
      }
    },
  );
});
