import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { statement } from '../../src/postgres/sql-file.ts';
import { isShort } from './support/budget.ts';
import { encountersQuery } from './support/ehr.ts';
import type { Ended, Job } from './support/job.ts';
import { ChaosSite } from './support/site.ts';
import { count } from './support/tally.ts';

/** The promise: within ten seconds of SIGTERM the process has ended, whatever hangs, with 3, and the next start goes on. */
const promisedMs = 10_000;

let site: ChaosSite;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ site, close } = await ChaosSite.open({ CALL_TIMEOUT: '15s' }));
  await site.ehr.grow(10);
});
afterAll(async () => {
  await site.countFigures();
  await close();
});

interface Stopped extends Ended {
  readonly ms: number;
}

async function stop(job: Job, signals: readonly NodeJS.Signals[] = ['SIGTERM']): Promise<Stopped> {
  const startedAt = performance.now();
  for (const signal of signals) {
    job.kill(signal);
    count('signals sent');
    await sleep(50);
  }
  const ended = await job.ended;
  const ms = Math.round(performance.now() - startedAt);
  count('slowest end after a signal, ms', ms);
  expect(ms).toBeLessThan(promisedMs);
  return { ...ended, ms };
}

interface LastRun {
  readonly status: string;
  readonly accepted: number;
  readonly unknown: number;
  readonly sending: number;
}

const lastRun = async (): Promise<LastRun | undefined> =>
  (
    await site.ledger.ask<LastRun>(
      `SELECT status,
         (SELECT count(*) FROM call c WHERE c.run_number = r.run_number AND state = 'accepted') AS accepted,
         (SELECT count(*) FROM call c WHERE c.run_number = r.run_number AND state = 'unknown') AS unknown,
         (SELECT count(*) FROM call c WHERE c.run_number = r.run_number AND state = 'sending') AS sending
       FROM run r ORDER BY run_number DESC LIMIT 1`,
    )
  )[0];

/** Something holds a lock until the test ends; gives what lets it go. */
async function hold(run: (text: string) => Promise<unknown>, text: string): Promise<() => Promise<void>> {
  await run('BEGIN');
  await run(text);
  let isHeld = true;
  const letGo = async (): Promise<void> => {
    if (isHeld) await run('ROLLBACK');
    isHeld = false;
  };
  onTestFinished(letGo);
  return letGo;
}

/** A session of the test's own that holds something in the ledger. */
async function holdInLedger(text: string): Promise<() => Promise<void>> {
  const session = await site.ledger.open();
  onTestFinished(() => session.close());
  return hold((one) => session.query('a lock of the test', one), text);
}

async function hangingContract(file: string, text: string): Promise<() => Promise<void>> {
  const heal = async (): Promise<void> => {
    await site.ehr.write('encounters.sql', encountersQuery);
    await site.ehr.write('patients.sql', 'SELECT patient_id, last_name FROM person');
    if (file === 'encounters_by_id.sql') {
      await site.ehr.write(file, `SELECT * FROM (${encountersQuery}) AS e WHERE encounter_id = ANY ($1::text[])`);
    }
  };
  await site.ehr.write(file, text);
  onTestFinished(heal);
  return heal;
}

describe('a night ends within ten seconds of a signal', () => {
  test.skipIf(isShort)('leaves an EHR that hangs on a lock during the scan', async () => {
    const letGo = await hold((text) => site.ehr.sql(text), 'LOCK TABLE visit IN ACCESS EXCLUSIVE MODE');
    const job = site.start('nightly');
    await job.until(async () => (await site.ledger.jobSessions()).length >= 2);
    await job.until(async () => (await lastRun().catch(() => undefined))?.status === 'running');
    await sleep(300);
    const { exitCode } = await stop(job);
    expect([exitCode, (await lastRun())?.status]).toEqual([3, 'stopped']);
    await letGo();
  });

  // A terminal that hangs up says so, and so does its shell.
  test.for<readonly NodeJS.Signals[]>([
    ['SIGHUP', 'SIGHUP'],
    ...(isShort ? [] : ([['SIGTERM'], ['SIGQUIT']] as const)),
  ])('records calls that Redox never answers as unknown (%s)', async (signals) => {
    await site.ehr.grow(10);
    site.standIn.misbehave([{ kind: 'hang' }]);
    const before = site.standIn.requests().posts;
    const job = site.start('nightly');
    await job.until(() => site.standIn.requests().posts >= before + 8);
    const { exitCode, said } = await stop(job, signals);
    expect(exitCode, said).toBe(3);
    expect(await lastRun()).toMatchObject({ status: 'stopped', unknown: 8, sending: 0 });
    await site.expectConvergence();
  });

  describe.skipIf(isShort)('in every other step', () => {
    test("while it waits for another run's lock", async () => {
      await holdInLedger(statement('ledger/session/try_lock').text);
      const runs = await site.ledger.ask('SELECT FROM run');
      const job = site.start('nightly');
      await job.until(async () => (await site.ledger.jobSessions()).length > 0);
      const { exitCode } = await stop(job);
      expect(exitCode).toBe(3);
      expect(await site.ledger.ask('SELECT FROM run')).toHaveLength(runs.length);
    });

    test('while a query of the contract runs forever', async () => {
      const heal = await hangingContract(
        'patients.sql',
        'SELECT patient_id, last_name FROM person, pg_sleep(600) AS s WHERE s IS NOT NULL',
      );
      const job = site.start('nightly');
      await job.step('step_started', 'scan');
      await sleep(300);
      const { exitCode } = await stop(job);
      expect([exitCode, (await lastRun())?.status]).toEqual([3, 'stopped']);
      await heal();
      const busy = await site.ehr.sql(
        "SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(600) AS s%' AND pid <> pg_backend_pid()",
      );
      expect(busy, 'nothing goes on in the EHR').toHaveLength(0);
    });

    test('while the plan waits for the ledger', async () => {
      await site.ehr.grow(3);
      const letGo = await holdInLedger('LOCK TABLE contract_shape IN SHARE MODE');
      const job = site.start('nightly');
      await job.step('step_started', 'plan');
      await sleep(500);
      const { exitCode } = await stop(job);
      expect([exitCode, (await lastRun())?.status]).toEqual([3, 'stopped']);
      await letGo();
    });

    test('while Redox gives no token: no outcome is unknown', async () => {
      await site.ehr.grow(3);
      site.standIn.misbehave([{ kind: 'hang', when: { endpoint: 'token' } }]);
      const asked = site.standIn.requests().tokenRequests;
      const job = site.start('nightly');
      await job.until(() => site.standIn.requests().tokenRequests > asked);
      const { exitCode } = await stop(job);
      expect(exitCode).toBe(3);
      expect(await lastRun()).toMatchObject({ status: 'stopped', unknown: 0, sending: 0 });
    });

    test('while the EHR hangs on the rows to send', async () => {
      await site.ehr.grow(3);
      const heal = await hangingContract(
        'encounters_by_id.sql',
        `SELECT e.* FROM (${encountersQuery}) AS e, pg_sleep(50) AS s WHERE encounter_id = ANY ($1::text[]) AND s IS NOT NULL`,
      );
      const job = site.start('nightly');
      await job.step('step_started', 'deliver');
      await sleep(500);
      const { exitCode } = await stop(job);
      expect([exitCode, (await lastRun())?.status]).toEqual([3, 'stopped']);
      await heal();
    });

    test('finishes and records the calls in flight that end in time', async () => {
      await site.ehr.grow(10);
      site.standIn.misbehave([{ kind: 'delay', ms: 3_000 }]);
      const before = site.standIn.requests().posts;
      const job = site.start('nightly');
      await job.until(() => site.standIn.requests().posts >= before + 8);
      const { exitCode } = await stop(job);
      expect(exitCode).toBe(3);
      expect(await lastRun()).toMatchObject({ status: 'stopped', accepted: 8, unknown: 0 });
    });

    test('while the ledger stops answering: the next start settles it', async () => {
      await site.ehr.grow(20);
      site.standIn.misbehave([{ kind: 'delay', ms: 100 }]);
      const job = site.start('nightly');
      const before = site.journal.length;
      await job.until(() => site.journal.length > before + 10);
      const frozen = await site.ledger.jobSessions();
      const thaw = (): void => {
        for (const pid of frozen.splice(0)) process.kill(pid, 'SIGCONT');
      };
      onTestFinished(thaw);
      for (const pid of frozen) process.kill(pid, 'SIGSTOP');
      const { exitCode, said } = await stop(job);
      expect(exitCode).toBe(3);
      expect(said).toContain('longer than ten seconds');
      thaw();
      await site.expectConvergence();
    });

    test('while it writes its reports', async () => {
      await site.ehr.grow(3);
      const job = site.start('nightly');
      await job.step('step_finished', 'deliver');
      const { exitCode } = await stop(job);
      expect([0, 3]).toContain(exitCode);
    });

    test('exits at once on a second signal', async () => {
      await site.ehr.grow(10);
      site.standIn.misbehave([{ kind: 'hang' }]);
      const before = site.standIn.requests().posts;
      const job = site.start('nightly');
      await job.until(() => site.standIn.requests().posts >= before + 8);
      const { exitCode, ms } = await stop(job, ['SIGTERM', 'SIGTERM']);
      expect(exitCode).toBe(3);
      expect(ms).toBeLessThan(8_000);
      await site.expectConvergence();
    });
  });
});
