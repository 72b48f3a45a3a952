import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { calls, type ClinicNight, syncedClinic, tinyClinic } from '../support/clinic-night.ts';
import type { JobProcess, NightResult } from '../support/night.ts';

/** Nights that end before everything is sent, and the nights that go on from there. */

/** Each answer takes a while, so that there is time to stop in the middle. */
const slowRedox = ({ night }: ClinicNight): void => {
  night.standIn.misbehave([{ kind: 'delay', ms: 40 }]);
};

async function postsReach(count: number, { night: { standIn } }: ClinicNight): Promise<void> {
  while (standIn.requests().posts < count) await sleep(5);
}

/** Starts a job in a process of its own, which does not outlive the test. */
function start({ night }: ClinicNight, ...argv: readonly string[]): JobProcess {
  const job = night.start(...argv);
  onTestFinished(() => {
    if (job.process.exitCode === null) job.process.kill('SIGKILL');
  });
  return job;
}

const statuses = async ({ night }: ClinicNight): Promise<string[]> =>
  (await night.ledger.query('the runs', 'SELECT status FROM run ORDER BY run_number')).rows.map(
    ({ status }: { status?: string }) => status ?? '',
  );

const notStarted = (run: NightResult): number =>
  Object.values(run.summary.calls).reduce((sum, { not_started }) => sum + not_started, 0);

describe('a night that is stopped', () => {
  it('by a signal records the calls in flight and leaves the rest to the next', async () => {
    const site = await tinyClinic({ CONCURRENCY: '4' });
    slowRedox(site);
    const stop = new AbortController();
    const stopped = site.night.nightly({ signal: stop.signal });
    await postsReach(20, site);
    stop.abort('SIGTERM');
    const first = await stopped;
    expect(first.exitCode).toBe(3);
    expect(first.summary.status).toBe('stopped');
    expect(first.posts).toBeLessThanOrEqual(24);

    site.night.standIn.misbehave([]);
    const next = await site.night.nightly();
    expect(next.exitCode).toBe(0);
    expect(next.posts).toBe(notStarted(first));
    await site.expectRedoxIsTrue();
  });

  it('by a kill leaves calls that wait for the rate as they were planned', async () => {
    const site = await tinyClinic({ CONCURRENCY: '4', RATE_LIMIT: '3/1m' });
    const states = async (): Promise<Record<string, number>> => {
      const { rows } = await site.night.ledger.query(
        'the calls',
        'SELECT state, count(*)::integer AS calls FROM call GROUP BY state',
      );
      return Object.fromEntries(rows.map(({ state, calls: number }) => [String(state), Number(number)]));
    };
    const job = start(site, 'nightly');
    await expect.poll(async () => (await states())['accepted'], { timeout: 60_000 }).toBe(1);
    await sleep(300);
    job.process.kill('SIGKILL');
    await once(job.process, 'exit');
    expect(Object.keys(await states()).sort()).toEqual(['accepted', 'planned']);

    const next = await site.night.nightly({ settings: { RATE_LIMIT: '0' } });
    expect(next.summary.calls.NewPatient.unknown).toBe(0);
    await site.expectRedoxIsTrue();
  });

  it('by a signal before the lock opens no run', async () => {
    const site = await tinyClinic();
    const stop = new AbortController();
    stop.abort('SIGINT');
    await expect(site.night.nightly({ signal: stop.signal })).rejects.toMatchObject({ exitCode: 3 });
    expect(await statuses(site)).toEqual([]);
  });

  it('by a signal while the EHR hangs plans nothing and ends as stopped', async () => {
    const site = await tinyClinic();
    const stop = new AbortController();
    await site.sql('BEGIN');
    await site.sql('LOCK TABLE clinic.visit IN ACCESS EXCLUSIVE MODE');
    onTestFinished(async () => {
      await site.sql('ROLLBACK');
    });
    setTimeout(() => {
      stop.abort('SIGTERM');
    }, 700);
    const startedAt = performance.now();
    const night = await site.night.nightly({ signal: stop.signal });
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(night.exitCode).toBe(3);
    expect(calls(night)).toEqual([]);
    expect(night.summary.watermark.to).toBeNull();
  });

  it('by --max-calls makes exactly that many calls', async () => {
    const site = await tinyClinic();
    const first = await site.night.nightly({ maxCalls: 17 });
    expect(first.exitCode).toBe(3);
    expect(first.posts).toBe(17);
    const next = await site.night.nightly();
    expect(next.posts).toBe(notStarted(first));
    expect(next.exitCode).toBe(0);
    await site.expectRedoxIsTrue();
  });

  it('by --max-calls that all fit ends well', async () => {
    const site = await syncedClinic();
    const [patient] = await site.somePatients();
    await site.clinic.renamePatient(patient, 'Changed');
    expect(await site.night.nightly({ maxCalls: 1 })).toMatchObject({ exitCode: 0, posts: 1 });
  });

  it('by --until starts no call after it', async () => {
    const site = await tinyClinic({ CONCURRENCY: '4' });
    slowRedox(site);
    const night = await site.night.nightly({ until: new Date(Date.now() + 600) });
    expect(night.exitCode).toBe(3);
    expect(notStarted(night)).toBeGreaterThan(0);
    site.night.standIn.misbehave([]);
    await site.night.nightly();
    await site.expectRedoxIsTrue();
  });
});

describe('a night that dies', () => {
  it('by kill -9 is settled by the next one, which converges', async () => {
    const site = await tinyClinic({ CONCURRENCY: '4' });
    slowRedox(site);
    const job = start(site, 'nightly');
    await postsReach(20, site);
    job.process.kill('SIGKILL');
    expect((await job.ended).exitCode).toBeNull();
    expect(await statuses(site)).toEqual(['running']);
    const unrecorded = await site.night.ledger.query('calls under way', "SELECT FROM call WHERE state = 'sending'");

    site.night.standIn.misbehave([]);
    await site.night.pass();
    const next = await site.night.nightly();
    expect(await statuses(site)).toEqual(['interrupted', 'done']);
    expect(site.night.logged()).toContain('interrupted_run_recovered');
    expect(unrecorded.rowCount).toBeGreaterThan(0);
    expect(next.exitCode).toBe(0);
    await site.expectRedoxIsTrue();
    // What was in flight goes once more.
    expect((await site.night.nightly()).posts).toBeLessThanOrEqual(unrecorded.rowCount ?? 0);
    expect((await site.night.nightly()).posts).toBe(0);
  });

  it('by loss of its ledger ends with 69, and the next converges', async () => {
    const site = await tinyClinic({ CONCURRENCY: '4' });
    slowRedox(site);
    const lost = site.night.nightly();
    const failure = expect(lost).rejects.toMatchObject({ exitCode: 69 });
    await postsReach(20, site);
    await site.night.ledger.query(
      'an accident',
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    await failure;
    site.night.standIn.misbehave([]);
    await site.night.pass();
    expect((await site.night.nightly()).exitCode).toBe(0);
    await site.expectRedoxIsTrue();
  });
});

describe('a process of its own', () => {
  it('ends with 3 after SIGTERM, and its run is stopped', async () => {
    const site = await tinyClinic({ CONCURRENCY: '4' });
    slowRedox(site);
    const job = start(site, 'nightly');
    await postsReach(20, site);
    job.process.kill('SIGTERM');
    expect((await job.ended).exitCode).toBe(3);
    expect(await statuses(site)).toEqual(['stopped']);
    site.night.standIn.misbehave([]);
    await site.night.nightly();
    await site.expectRedoxIsTrue();
  });

  it('keeps a second one out, and names the holder of the ledger', async () => {
    const site = await tinyClinic({ CALL_TIMEOUT: '60s' });
    site.night.standIn.misbehave([{ kind: 'hang' }]);
    const first = start(site, 'nightly');
    await postsReach(1, site);
    const posts = site.night.standIn.requests().posts;
    const second = await start(site, 'intraday').ended;
    expect(second.exitCode).toBe(75);
    expect(second.stderr).toContain(`nightly (`);
    expect(second.stderr).toContain(`process ${first.process.pid ?? ''} on`);
    expect(await statuses(site)).toEqual(['running']);
    expect(site.night.standIn.requests().posts - posts).toBeLessThan(8);
    first.process.kill('SIGKILL');
    await first.ended;
  });
});
