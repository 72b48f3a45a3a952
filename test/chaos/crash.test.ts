import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, test } from 'vitest';
import { crashMs, dice, type Dice, isShort, seed } from './support/budget.ts';
import type { Job } from './support/job.ts';
import { ChaosSite } from './support/site.ts';
import { count } from './support/tally.ts';

let site: ChaosSite;
let close: () => Promise<void>;
beforeAll(async () => {
  // After a crash the persons whose calls were in flight wait for so long, and two seconds more.
  ({ site, close } = await ChaosSite.open({ CALL_TIMEOUT: '2s' }));
});
afterAll(async () => {
  await site.countFigures();
  await close();
});

type Victim = 'job' | 'session' | 'server' | 'job and server';

async function hurt(victim: Victim, job: Job, which: number): Promise<void> {
  if (victim === 'job' || victim === 'job and server') {
    job.kill('SIGKILL');
    count('processes killed');
  }
  if (victim === 'session') await site.ledger.killSession(which);
  if (victim === 'server' || victim === 'job and server') await site.ledger.killServer();
  if (victim === 'job and server') count('both killed at once');
}

/** When it is done: each is a moment of the night, or any. */
const moments = {
  'when the run is open': (job) => job.when(({ event }) => event === 'run_started'),
  'when it scans': (job) => job.step('step_started', 'scan'),
  'while it stages': async (job, some) => {
    await job.step('step_started', 'scan');
    await sleep(some.number(40));
  },
  'when it plans': (job) => job.step('step_started', 'plan'),
  'while it plans': async (job, some) => {
    await job.step('step_started', 'plan');
    await sleep(some.number(60));
  },
  'when it delivers': (job) => job.step('step_started', 'deliver'),
  'when Redox has taken a call': async (job, some) => {
    const taken = site.journal.length + 1 + some.number(40);
    await job.until(() => site.journal.length >= taken);
  },
  'when it closes and reports': (job) => job.step('step_finished', 'deliver'),
  'at any moment': async (_job, some) => {
    await sleep(some.number(2_500));
  },
} satisfies Readonly<Record<string, (job: Job, some: Dice) => Promise<void>>>;

type Moment = keyof typeof moments;
const allMoments = Object.keys(moments) as [Moment, ...Moment[]];
const victims: [Victim, ...Victim[]] = ['job', 'job', 'job', 'session', 'server', 'job and server'];

/** A day at the site, a night that is hurt, and the server there again. What the night before left is counted at its start. */
async function hurtNight(victim: Victim, moment: Moment, some: Dice): Promise<void> {
  site.standIn.misbehave([{ kind: 'delay', ms: some.number(15) }]);
  const job = site.start('nightly');
  await moments[moment](job, some);
  await hurt(victim, job, some.number(3));
  site.countSettled(await job.ended);
  await site.ledger.heal();
}

/** What a killed job alone leaves behind is among the integration tests (night-stops). */
const plays = isShort ? [] : allMoments;

describe('a night that is killed: the next one sends exactly the rest', () => {
  test.for(plays)('the job is killed %s', async (moment) => {
    const some = dice(seed);
    await site.ehr.live(some);
    await hurtNight('job', moment, some);
    await site.expectConvergence();
  });

  test.for(isShort ? (['job and server'] as const) : (['session', 'server', 'job and server'] as const))(
    'the ledger restarts while Redox takes calls: %s',
    async (victim) => {
      const some = dice(seed);
      await site.ehr.live(some);
      await hurtNight(victim, 'when Redox has taken a call', some);
      await site.expectConvergence();
    },
  );

  test.skipIf(isShort)('the ledger is away for some seconds', async () => {
    const some = dice(seed);
    await site.ehr.live(some);
    const job = site.start('nightly');
    await moments['when Redox has taken a call'](job, some);
    await site.ledger.killServer();
    count('ledger outages');
    const during = site.start('intraday');
    await Promise.all([job.ended, during.ended]);
    await sleep(3_000);
    await site.ledger.heal();
    await site.expectConvergence();
  });

  test.skipIf(isShort)(
    `at random moments, repeatedly (CHAOS_SEED=${seed})`,
    { timeout: crashMs + 180_000 },
    async () => {
      const some = dice(seed);
      const deadline = Date.now() + crashMs;
      do {
        await site.ehr.live(some);
        for (let times = 1 + some.number(3); times > 0; times -= 1) {
          await hurtNight(some.pick(victims), some.pick(allMoments), some);
        }
        await site.expectConvergence();
      } while (Date.now() < deadline);
    },
  );
});
