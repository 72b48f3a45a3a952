import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, queueOf, startEngine } from '../../src/fleet/engine.ts';
import { FleetDatabase } from '../../src/fleet/fleet-database.ts';
import { Fleet, type FleetSite } from './support/fleet.ts';

/** A fleet with its engine: workers are processes of the built command, which start the sites' jobs as processes of their own. */

let fleet: Fleet;
beforeAll(async () => {
  fleet = await Fleet.open({ sites: 3 });
});
afterAll(() => fleet.close());

const posts = (): number[] => fleet.sites.map(({ standIn }) => standIn.requests().posts);
const slow = (ms: number): void => {
  for (const { standIn } of fleet.sites) standIn.misbehave(ms === 0 ? [] : [{ kind: 'delay', ms }]);
};
async function expectTrue(sites: readonly FleetSite[]): Promise<void> {
  for (const { name, ehr, standIn } of sites) expect(await ehr.differences(standIn.state()), name).toEqual([]);
}

test('check names the folder and finds its sites right', async () => {
  const { exitCode, stdout } = await fleet.command('check');
  expect(stdout).toContain('3 sites in');
  expect(stdout).toMatch(/site-1 and 2 other sites\): clocks skip that time on 20\d\d-03-/);
  expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
});

test('check finds what is no cron expression', async () => {
  const path = join(fleet.folder, 'sites', 'site-3.env');
  const right = await readFile(path, 'utf8');
  await writeFile(path, right.replace('15 2 * * *', '15 2 * *  monday?'));
  const { exitCode, stdout } = await fleet.command('check');
  await writeFile(path, right);
  expect(stdout).toMatch(/^site-3:\n {2}FLEET_NIGHTLY is "15 2 [^\n]*; expected a cron expression/);
  expect(exitCode).toBe(64);
});

test('a worker does what a person asks of named sites', async () => {
  const worker = fleet.worker('--slots', '2');
  const night = await fleet.command('run', 'nightly', 'site-1', 'site-2', 'site-3');
  expect(night, worker.said).toMatchObject({ exitCode: 0 });
  expect(night.stdout).toContain('site-2: exit code 0, done');
  await expectTrue(fleet.sites);
  expect(existsSync(join(fleet.folder, 'reports', 'site-1'))).toBe(true);
  expect(worker.said).toMatch(/\{"site":"site-1",.*"event":"run_finished"/);
  const status = await fleet.command('status');
  expect(status.stdout).toContain('3 of 3 sites ended their last night clean');
  worker.stop();
  expect(await worker.ended).toBe(0);
  expect(await fleet.ask('SELECT FROM redox_fleet.worker')).toHaveLength(0);
});

test('what is due is done once, by two workers, also what was missed', async () => {
  // Known since yesterday, so that the last due time is made up for.
  await fleet.ask("UPDATE redox_fleet.site SET known_since = now() - interval '2 days'");
  for (const { ehr } of fleet.sites) await ehr.grow(3);
  const before = posts();
  const workers = [fleet.worker('--slots', '2'), fleet.worker('--slots', '2')];
  await fleet.until('SELECT count(*) = 3 FROM redox_fleet.night WHERE due_at IS NOT NULL AND exit_code = 0');
  await expectTrue(fleet.sites);
  // Three new patients with two visits each.
  expect(posts().map((count, at) => count - (before[at] ?? 0))).toEqual([9, 9, 9]);
  expect(await fleet.ask('SELECT FROM redox_fleet.night WHERE due_at IS NOT NULL')).toHaveLength(3);
  for (const worker of workers) worker.stop();
  for (const worker of workers) expect(await worker.ended, worker.said).toBe(0);
});

describe('the nights of a worker', () => {
  test('that is killed with them start elsewhere within a minute', async () => {
    for (const { ehr } of fleet.sites) await ehr.grow(20);
    slow(150);
    const victim = fleet.worker('--slots', '3');
    const night = fleet.command('run', 'nightly', 'site-1', 'site-2', 'site-3');
    await fleet.until('SELECT count(*) = 3 FROM redox_fleet.night WHERE ended_at IS NULL');
    const before = posts();
    while (posts().some((count, at) => count < (before[at] ?? 0) + 5))
      await new Promise((done) => setTimeout(done, 50));
    const heir = fleet.worker('--slots', '3');
    victim.kill();
    const killedAt = Date.now();
    slow(0);
    expect(await night, heir.said).toMatchObject({ exitCode: 0 });
    const [late] = await fleet.ask<{ at: Date }>('SELECT max(started_at) AS at FROM redox_fleet.night');
    expect((late?.at.getTime() ?? 0) - killedAt).toBeLessThan(60_000);
    await expectTrue(fleet.sites);
    heir.stop();
    await heir.ended;
  });

  test('that is stopped are stopped with it and go on elsewhere', async () => {
    for (const { ehr } of fleet.sites) await ehr.grow(20);
    slow(150);
    const before = posts();
    const first = fleet.worker('--slots', '3');
    const night = fleet.command('run', 'nightly', 'site-1', 'site-2', 'site-3');
    while (posts().some((count, at) => count < (before[at] ?? 0) + 5))
      await new Promise((done) => setTimeout(done, 50));
    first.stop();
    slow(0);
    expect(await first.ended, first.said).toBe(3);
    const second = fleet.worker('--slots', '3');
    expect(await night, second.said).toMatchObject({ exitCode: 0 });
    await expectTrue(fleet.sites);
    second.stop();
    await second.ended;
  });
});

test('a worker that drains takes nothing more, ends its night and ends with 0', async () => {
  for (const { ehr } of fleet.sites) await ehr.grow(10);
  slow(150);
  const first = fleet.worker('--slots', '1', '--drain', '60s');
  const night = fleet.command('run', 'nightly', 'site-1', 'site-2', 'site-3');
  const mine = `SELECT site, exit_code FROM redox_fleet.night WHERE worker LIKE '%:${first.process.pid}'`;
  await fleet.until(`SELECT count(*) = 1 FROM (${mine}) AS mine`);
  first.stop();
  const second = fleet.worker('--slots', '2');
  expect(await first.ended, first.said).toBe(0);
  slow(0);
  expect(await night, second.said).toMatchObject({ exitCode: 0 });
  expect(await fleet.ask(mine)).toMatchObject([{ exit_code: 0 }]);
  await expectTrue(fleet.sites);
  second.stop();
  await second.ended;
});

test('a worker without its folder says so, takes nothing and goes on later', async () => {
  const worker = fleet.worker('--slots', '1');
  const itself = `redox_fleet.worker WHERE worker LIKE '%:${worker.process.pid}'`;
  await fleet.until(`SELECT count(*) = 1 FROM ${itself}`);
  await rename(join(fleet.folder, 'sites'), join(fleet.folder, 'away'));
  await writeFile(join(fleet.folder, 'sites'), 'no folder');
  const database = new FleetDatabase(fleet.url);
  const engine = await openEngine(database, 'client');
  await startEngine(engine);
  const id = randomUUID();
  const asked = { site: 'site-1', job: 'nightly', due: null, flags: [], askedBy: 'anna@host' };
  await engine.send(queueOf('default'), asked, { id, priority: 20, group: { id: 'tests' } });
  await fleet.until(`SELECT state = 'retry' FROM pgboss.job WHERE id = '${id}'`);
  await fleet.until(`SELECT folder_digest = 'unreadable' FROM ${itself}`);
  await rm(join(fleet.folder, 'sites'));
  await rename(join(fleet.folder, 'away'), join(fleet.folder, 'sites'));
  await fleet.until(`SELECT state = 'completed' FROM pgboss.job WHERE id = '${id}'`);
  await database.close();
  expect(worker.said).toMatch(/"event":"fleet_folder_unreadable",.*cannot be read \(ENOTDIR\)/);
  expect(worker.said).not.toContain('fleet_database_away');
  worker.stop();
  await worker.ended;
});

test('no id and no secret is in the tables of the fleet', async () => {
  const texts = await fleet.everyText();
  expect(texts).toContain('site-1');
  for (const { secrets, ehr } of fleet.sites) {
    for (const secret of secrets) expect(texts).not.toContain(secret);
    for (const { patient_id } of await ehr.sql<{ patient_id: string }>('SELECT patient_id FROM person')) {
      expect(texts).not.toContain(patient_id);
    }
  }
  expect(texts).not.toContain('postgres://');
});
