import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FleetDatabase } from '../../src/fleet/fleet-database.ts';
import { FleetStore } from '../../src/fleet/fleet-store.ts';
import { Outages } from '../../src/fleet/outages.ts';
import { freePort } from '../../src/sandbox/free-port.ts';
import { loadWorkerConfig } from '../../src/config/fleet/fleet-settings.ts';
import { FleetWatch } from '../../jobs/fleet/watch.ts';
import { openListener } from '../integration/support/alert-listener.ts';
import { Fleet } from './support/fleet.ts';

/** How people steer a fleet, and what it shows. */

let fleet: Fleet;
let metricsPort: number;
beforeAll(async () => {
  metricsPort = await freePort();
  fleet = await Fleet.open({
    sites: 2,
    workers: { FLEET_GROUP_SLOTS: '1', METRICS_PORT: String(metricsPort) },
  });
});
afterAll(() => fleet.close());

const get = async (path: string): Promise<string> =>
  (await request(`http://127.0.0.1:${metricsPort}${path}`)).body.text();

test('sites of one group run as many jobs at a time as the group has slots', async () => {
  const worker = fleet.worker('--slots', '2');
  expect(await fleet.command('run', 'nightly', '--all'), worker.said).toMatchObject({ exitCode: 0 });
  const [one, other] = await fleet.ask<{ started_at: Date; ended_at: Date }>(
    'SELECT started_at, ended_at FROM redox_fleet.night ORDER BY started_at',
  );
  expect(other?.started_at.getTime()).toBeGreaterThanOrEqual(one?.ended_at.getTime() ?? Infinity);
  worker.stop();
  expect(await worker.ended, worker.said).toBe(0);
});

test('a decision is refused for all sites, and a faulty site is named', async () => {
  const refused = await fleet.command('run', 'nightly', '--all', '--', '--new-target');
  expect(refused).toMatchObject({ exitCode: 64, stderr: expect.stringContaining('name the sites') as string });
  const unknown = await fleet.command('run', 'doctor', 'site-9');
  expect(unknown).toMatchObject({ exitCode: 64, stderr: expect.stringContaining('site-9') as string });
});

describe('a pause', () => {
  test('keeps what is due from starting and says why', async () => {
    await fleet.ask("UPDATE redox_fleet.site SET known_since = now() - interval '2 days'");
    // Another zone's worker plans the nights, and leaves them to the zone of the sites.
    const planner = fleet.worker('--zone', 'elsewhere');
    await fleet.until("SELECT count(*) = 2 FROM pgboss.job WHERE state = 'created'");
    planner.stop();
    await planner.ended;
    const paused = await fleet.command('pause', 'site-1', '--until', '8h', '--because', 'server move');
    expect(paused).toMatchObject({ exitCode: 0 });
    const worker = fleet.worker();
    await fleet.until('SELECT count(*) = 1 FROM redox_fleet.night WHERE due_at IS NOT NULL AND exit_code = 0');
    await fleet.until(
      "SELECT count(*) = 1 FROM pgboss.job WHERE state = 'created' AND start_after > now() + interval '4 minutes'",
    );
    const status = await fleet.command('status');
    expect(status.stdout).toMatch(/Paused until .*: site:site-1, by .*: server move/);
    expect(await fleet.ask("SELECT FROM redox_fleet.night WHERE due_at IS NOT NULL AND site = 'site-1'")).toEqual([]);
    // A person may start it all the same.
    expect(await fleet.command('run', 'nightly', 'site-1'), worker.said).toMatchObject({ exitCode: 0 });
    const metrics = await get('/metrics');
    expect(metrics).toMatch(/^redox_fleet_site_state\{site="site-2",state="ok"\} 1$/m);
    expect(metrics).toMatch(/^redox_reconcile_last_run_exit_code\{site="site-1",job="nightly"\} 0$/m);
    expect(await get('/healthz')).toBe('ok\n');
    worker.stop();
    await worker.ended;
  });

  test('is ended by resume', async () => {
    expect((await fleet.command('resume', 'site-1')).stdout).toBe('site:site-1 goes on.\n');
    expect((await fleet.command('resume', 'site-1')).stdout).toBe('site:site-1 was not paused.\n');
    expect((await fleet.command('status')).stdout).not.toContain('Paused');
  });
});

test('a worker ends where workers of a newer release have used the ledgers', async () => {
  await fleet.ask(`
    INSERT INTO redox_fleet.worker (worker, zone, version, ledger_version, slots, folder_digest)
    VALUES ('newer', 'default', '9.0.0', 99, 1, '')`);
  const worker = fleet.worker();
  expect(await worker.ended, worker.said).toBe(75);
  expect(worker.said).toContain('"reason":"newer_ledger"');
  await fleet.ask("DELETE FROM redox_fleet.worker WHERE worker = 'newer'");
});

test('rate sets and pauses the limit of an address', async () => {
  const set = await fleet.command('rate', 'default', '--calls', '7500', '--window', '5m', '--pause', '10m');
  expect(set.stdout).toMatch(/^Address default: \d+ of 7,500 calls in 5 min, paused until .* \(person\)\.$/m);
  expect((await fleet.command('rate', 'default', '--pause', '0s')).stdout).not.toContain('paused');
});

test('check --doctor compares the rates and asks every doctor', async () => {
  const secret = join(fleet.folder, 'secrets', 'site-2-ehr');
  const right = await readFile(secret, 'utf8');
  await writeFile(secret, right.replace(/\/[^/]+$/, '/nowhere'));
  const { exitCode, stdout } = await fleet.command('check', '--doctor');
  await writeFile(secret, right);
  expect(stdout).toContain(
    'RATE_LIMIT is 300000/5m, above what all sites of zone default share (7,500 calls in 5 min)',
  );
  expect(stdout).toMatch(/^site-2 +69 unavailable +\d.* +\S.*nowhere/m);
  expect(stdout).toMatch(/^site-1 +0 done +/m);
  expect(stdout).toMatch(/1 site of 2 must be mended\. .* --env-file \S+site-2\.env\n$/);
  expect(exitCode).toBe(69);
});

test('run says that no worker takes jobs, and leaves the job to the first one', async () => {
  const { exitCode, stdout } = await fleet.command('run', 'nightly', 'site-1');
  expect(stdout).toMatch(
    /^No worker of zone default takes jobs: 1 job \(site-1\) wait.* `redox-reconcile fleet work --zone default --folder /,
  );
  expect(exitCode).toBe(69);
  const worker = fleet.worker();
  await fleet.until("SELECT bool_and(state = 'completed') FROM pgboss.job WHERE data ->> 'askedBy' IS NOT NULL");
  worker.stop();
  await worker.ended;
});

test('an unknown site, zone or address and a folder for a page are refused', async () => {
  const refused = [
    ['pause', '--zone', 'defualt', '--until', '8h', '--because', 'server move'],
    ['pause', '--zone', 'De fault', '--until', '8h', '--because', 'server move'],
    ['status', 'site-9'],
    ['rate', 'defualt', '--pause', '5m'],
    ['rate', 'default', '--calls', '5', '--window', '0s'],
    ['page', fleet.folder],
  ];
  for (const words of refused) expect(await fleet.command(...words), words.join(' ')).toMatchObject({ exitCode: 64 });
});

test('a fleet database without the tables of the engine names the remedy', async () => {
  await fleet.ask('ALTER SCHEMA pgboss RENAME TO away');
  const status = await fleet.command('status');
  await fleet.ask('ALTER SCHEMA away RENAME TO pgboss');
  expect(status).toMatchObject({ exitCode: 64, stderr: expect.stringContaining('fleet migrate') as string });
});

test('page writes a file that names every site', async () => {
  const file = join(fleet.folder, 'fleet.html');
  expect(await fleet.command('page', file)).toMatchObject({ exitCode: 0 });
  const html = await readFile(file, 'utf8');
  expect(html).toContain('2 of 2 sites ended their last night clean');
  expect(html).toContain('site-2');
});

describe('the records of a fleet', () => {
  test('keep a site that another folder has, and drop one that none has', async () => {
    const known = async (): Promise<string[]> => (await store.sites()).map(({ site }) => site).sort();
    const day = 86_400_000;
    const site = (name: string, days: number): Parameters<FleetStore['knowSites']>[0][number] => ({
      ...{ zone: 'default', group: 'tests', timeZone: 'America/Chicago', nightly: '15 2 * * *' },
      ...{ name, nextDue: new Date(Date.now() + days * day) },
    });
    await store.knowSites([site('newer', 1), site('removed', -2)]);
    await store.knowSites([]);
    expect(await known()).toEqual(['newer', 'site-1', 'site-2']);
    await fleet.ask("DELETE FROM redox_fleet.site WHERE site = 'newer'");
  });

  test('go out as one alert once the oldest change is two minutes old', async () => {
    const listener = await openListener();
    const config = loadWorkerConfig({ FLEET_URL: fleet.url.reveal(), FLEET_ALERT_WEBHOOK_URL: listener.url }, []);
    const logged: string[] = [];
    const watch = new FleetWatch({ log: (event) => logged.push(event) }, config, store, outages);
    const noteAt = (site: string, age: string): Promise<unknown> =>
      fleet.ask(
        `INSERT INTO redox_fleet.change (subject, state, reason, at) VALUES ('${site}', 'failing', 'guard', now() - interval '${age}')`,
      );
    await store.takeChanges(-1_000);
    await noteAt('a', '1 minute');
    await watch.look(new Date(), null);
    expect(listener.take()).toEqual([]);
    await noteAt('b', '121 seconds');
    listener.answer(404);
    await watch.look(new Date(), null);
    expect([listener.take().length, logged]).toEqual([1, ['fleet_alert_failed']]);
    listener.answer(200);
    await watch.look(new Date(), null);
    await watch.look(new Date(), null);
    const heard = listener.take();
    expect(heard).toHaveLength(1);
    expect(heard[0]?.body['text']).toContain('failing, guard – a, b');
  });

  let database: FleetDatabase;
  let store: FleetStore;
  let outages: Outages;
  beforeAll(() => {
    database = new FleetDatabase(fleet.url);
    store = new FleetStore(database);
    outages = new Outages(database);
  });
  afterAll(() => database.close());

  const end = (exitCode: number | null, reason: 'done' | 'unavailable' | 'guard' | null): Promise<void> =>
    store.end({
      ...{ nightId: '00000000-0000-4000-8000-000000000000', site: 'site-1', job: 'nightly', runId: null },
      ...{ exitCode, reason, tookMs: 1, counts: null },
    });

  test('note a change from the third failure in a row, and at once after a refusal', async () => {
    await store.takeChanges(-1_000);
    await end(69, 'unavailable');
    await end(null, null);
    expect(await store.takeChanges(-1_000)).toEqual([]);
    await end(69, 'unavailable');
    expect(await store.takeChanges(-1_000)).toMatchObject([
      { subject: 'site-1', state: 'failing', reason: 'unavailable' },
    ]);
    await end(0, 'done');
    await end(75, 'guard');
    const changes = await store.takeChanges(-1_000);
    expect(changes.map(({ state }) => state)).toEqual(['ok', 'failing']);
    await store.returnChanges(changes.map(({ change_id }) => change_id));
    expect(await store.takeChanges(-1_000)).toHaveLength(2);
  });

  test('show a night as running while its heart beats', async () => {
    const beats = (at: string): Promise<unknown> =>
      fleet.ask(`UPDATE pgboss.job SET state = 'active', heartbeat_on = ${at}
        WHERE id = (SELECT job_id FROM redox_fleet.night WHERE site = 'site-1' ORDER BY started_at DESC LIMIT 1)`);
    const runningOn = async (): Promise<unknown> =>
      (await store.sites()).find(({ site }) => site === 'site-1')?.running_on;
    await fleet.ask("UPDATE redox_fleet.night SET ended_at = NULL, worker = 'host:1' WHERE site = 'site-1'");
    expect(await runningOn()).toBe(null);
    await beats('now()');
    expect(await runningOn()).toBe('host:1');
    await beats("now() - interval '11 seconds'");
    expect(await runningOn()).toBe(null);
  });

  test('keep an outage: one site tries first, and its failure doubles the pause', async () => {
    const [site, ...others] = ['site-1', 's2', 's3', 's4', 's5'].map((name) => ({ name, zone: 'default' }));
    if (site === undefined) throw new Error('no site');
    const broken = { exitCode: 69, reason: 'breaker' } as const;
    const breakAt = async ({ name }: { name: string }): Promise<Date | null> => {
      await fleet.ask(`
        INSERT INTO redox_fleet.site (site, zone, site_group, time_zone, nightly)
        VALUES ('${name}', 'default', 'tests', 'America/Chicago', '15 2 * * *') ON CONFLICT DO NOTHING;
        INSERT INTO redox_fleet.night (night_id, job_id, site, job, worker, ended_at, reason)
        VALUES (gen_random_uuid(), gen_random_uuid(), '${name}', 'nightly', 'w', now(), 'breaker')`);
      // Each time another worker.
      return new Outages(database).note({ name, zone: 'default' }, broken, new Date());
    };
    const minutesLeft = async (): Promise<number> =>
      Math.round((((await outages.putOffUntil(site, new Date()))?.getTime() ?? 0) - Date.now()) / 60_000);
    for (const other of others) expect(await breakAt(other)).toBe(null);
    // Redox takes calls of another machine.
    await fleet.ask("UPDATE redox_fleet.site SET exit_code = 0, accepted = 1, ended_at = now() WHERE site = 'site-2'");
    for (const one of [site, ...others.slice(1)]) expect(await breakAt(one)).toBe(null);
    expect(await outages.putOffUntil(site, new Date())).toBe(null);
    expect(await breakAt({ name: 's2' })).toBeInstanceOf(Date);
    expect(await minutesLeft()).toBe(5);
    expect((await fleet.command('rate', 'default')).stdout).toMatch(/paused until .* \(outage\)/);
    const passes = (): Promise<unknown> =>
      fleet.ask("UPDATE redox_fleet.outage SET until_at = date_trunc('second', now())");
    await passes();
    expect(await outages.putOffUntil(site, new Date())).toBe(null);
    expect(await outages.putOffUntil({ name: 's2', zone: 'default' }, new Date())).toBeInstanceOf(Date);
    expect(await breakAt(site)).toBeInstanceOf(Date);
    expect(await minutesLeft()).toBe(10);
    expect((await fleet.command('status')).stdout).toMatch(
      /Zone default: many sites failed alike at Redox; nights wait/,
    );
    await passes();
    await outages.note({ name: 's2', zone: 'default' }, { exitCode: 0, reason: 'done' }, new Date());
    expect(await outages.putOffUntil(site, new Date())).toBe(null);
    expect(await breakAt(site)).toBe(null);
    expect((await fleet.command('resume', '--zone', 'default')).stdout).toContain('zone:default was not paused');
  });

  test('note troubles of the fleet when they begin and when they end', async () => {
    await store.noteTroubles([{ reason: 'no_worker', subject: 'east' }]);
    await store.noteTroubles([{ reason: 'no_worker', subject: 'east' }]);
    await store.noteTroubles([]);
    const changes = (await store.takeChanges(-1_000)).filter(({ subject }) => subject === 'east');
    expect(changes.map(({ state }) => state)).toEqual(['trouble', 'over']);
  });
});
