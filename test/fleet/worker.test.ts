import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { doJob } from '../../jobs/fleet/night.ts';
import { FleetWatch } from '../../jobs/fleet/watch.ts';
import { WorkerClock } from '../../jobs/fleet/worker-clock.ts';
import { loadWorkerConfig, type WorkerConfig } from '../../src/config/fleet/fleet-settings.ts';
import { readSiteFolder } from '../../src/config/fleet/site-folder.ts';
import { type Engine, openEngine, queueOf, startEngine } from '../../src/fleet/engine.ts';
import { FleetDatabase } from '../../src/fleet/fleet-database.ts';
import { FleetStore } from '../../src/fleet/fleet-store.ts';
import { Outages } from '../../src/fleet/outages.ts';
import { freePort } from '../../src/sandbox/free-port.ts';
import { openListener } from '../integration/support/alert-listener.ts';
import { Fleet, type FleetSite, type Worker } from './support/fleet.ts';

/** What keeps a worker from its nights: a wrong clock, a system that starts no process, a missing folder, its own end. */

let fleet: Fleet;
let database: FleetDatabase;
let store: FleetStore;
let outages: Outages;
let engine: Engine;
beforeAll(async () => {
  fleet = await Fleet.open({ sites: 1 });
  database = new FleetDatabase(fleet.url);
  store = new FleetStore(database);
  outages = new Outages(database);
  engine = await openEngine(database, 'client');
  await startEngine(engine);
});
afterAll(async () => {
  await database.close();
  await fleet.close();
});

function onlySite(): FleetSite {
  const [site] = fleet.sites;
  if (site === undefined) throw new Error('no site');
  return site;
}

/** Gives the engine a nightly of the site; `state` asks for it in SQL. */
async function give(): Promise<(state: string) => string> {
  const id = randomUUID();
  const asked = { site: 'site-1', job: 'nightly', due: null, flags: [], askedBy: 'anna@host' };
  await engine.send(queueOf('default'), asked, { id, priority: 20, group: { id: 'tests' } });
  return (state) => `SELECT state = '${state}' FROM pgboss.job WHERE id = '${id}'`;
}

const configOf = (settings: Readonly<Record<string, string>>): WorkerConfig =>
  loadWorkerConfig({ FLEET_URL: fleet.url.reveal(), ...settings }, []);

describe('a worker whose clock goes wrong', () => {
  const shifted = join(import.meta.dirname, '../chaos/support/shifted-clock.ts');
  const setClock = async (worker: Worker, ms: number): Promise<void> => {
    await writeFile(join(fleet.folder, 'clock'), String(ms));
    worker.process.kill('SIGUSR2');
  };

  async function workerWithClock(ms: number): Promise<Worker> {
    const preload = join(fleet.folder, 'clock.mjs');
    await writeFile(join(fleet.folder, 'clock'), String(ms));
    const file = JSON.stringify(join(fleet.folder, 'clock'));
    await writeFile(preload, `process.env.CHAOS_CLOCK_FILE = ${file};\nawait import(${JSON.stringify(shifted)});\n`);
    return fleet.workerIn({ preload }, '--slots', '1');
  }

  test.each([
    [240_000, '4 min ahead', 'ahead_of'],
    [-240_000, '4 min behind', 'behind'],
  ])('by %i ms starts nothing, says so and goes on once it is set', async (ms, shown, direction) => {
    const worker = await workerWithClock(0);
    const itself = `redox_fleet.worker WHERE worker LIKE '%:${worker.process.pid}'`;
    await fleet.until(`SELECT count(*) = 1 FROM ${itself} AND clock_ahead_ms = 0`);
    await setClock(worker, ms);
    // It fetches this one, and compares the clocks before it starts anything.
    const fetched = await give();
    await fleet.until(fetched('retry'));
    await fleet.until(`SELECT abs(clock_ahead_ms) > 230000 FROM ${itself}`);
    await fleet.until("SELECT count(*) = 1 FROM redox_fleet.trouble WHERE reason = 'clock_wrong'");
    const left = await give();
    await sleep(5_000);
    expect(await fleet.ask(left('created'))).toEqual([{ '?column?': true }]);
    expect((await fleet.command('status')).stdout).toMatch(new RegExp(`${shown}: starts nothing`));
    expect(await fleet.ask(`SELECT FROM redox_fleet.night WHERE ended_at IS NULL`)).toEqual([]);
    await setClock(worker, 0);
    await fleet.until(left('completed'));
    await fleet.until(fetched('completed'));
    await fleet.until("SELECT count(*) = 0 FROM redox_fleet.trouble WHERE reason = 'clock_wrong'");
    expect(worker.said).toContain(`"event":"fleet_clock_wrong","seconds":240,"direction":"${direction}"`);
    expect(worker.said).toContain('"event":"fleet_clock_right"');
    worker.stop();
    expect(await worker.ended, worker.said).toBe(0);
  });

  test('and starts so takes no night, which a person hears who asks for one', async () => {
    const nights = 'SELECT count(*)::int AS nights FROM redox_fleet.night';
    const before = await fleet.ask(nights);
    const worker = await workerWithClock(240_000);
    await fleet.until("SELECT count(*) = 1 FROM redox_fleet.trouble WHERE reason = 'clock_wrong'");
    const { exitCode, stdout } = await fleet.command('run', 'nightly', 'site-1');
    expect(stdout).toMatch(/^No worker of zone default takes jobs: 1 job \(site-1\) wait/);
    expect(exitCode).toBe(69);
    expect(await fleet.ask(nights)).toEqual(before);
    worker.kill();
    await worker.ended;
    await fleet.ask("DELETE FROM redox_fleet.worker; DELETE FROM pgboss.job WHERE state = 'created'");
  });
});

test('a worker whose drain runs out stops its night and ends with 3', async () => {
  const { ehr, standIn } = onlySite();
  await ehr.grow(20);
  standIn.misbehave([{ kind: 'delay', ms: 1_000 }]);
  const first = fleet.worker('--slots', '1', '--drain', '2s');
  const night = fleet.command('run', 'nightly', 'site-1');
  const before = standIn.requests().posts;
  while (standIn.requests().posts < before + 5) await sleep(50);
  const stoppedAt = performance.now();
  first.stop();
  expect(await first.ended, first.said).toBe(3);
  expect(performance.now() - stoppedAt).toBeGreaterThan(2_000);
  const mine = `SELECT exit_code, reason FROM redox_fleet.night WHERE worker LIKE '%:${first.process.pid}'`;
  expect(await fleet.ask(mine)).toEqual([{ exit_code: 3, reason: 'signal' }]);
  standIn.misbehave([]);
  const second = fleet.worker('--slots', '1');
  expect(await night, second.said).toMatchObject({ exitCode: 0 });
  expect(await ehr.differences(standIn.state())).toEqual([]);
  second.stop();
  await second.ended;
});

/** Names of the variables of the processes that a worker has started. */
function environmentsOf({ process: { pid = 0 } }: Worker): string[][] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  return children.map((child) => {
    const variables = readFileSync(`/proc/${child}/environ`, 'utf8').split('\0');
    return variables.flatMap((one) => one.split('=').slice(0, 1)).filter(Boolean);
  });
}

test("a night has of its worker's environment only what is named", async () => {
  const { ehr, standIn } = onlySite();
  await ehr.grow(5);
  standIn.misbehave([{ kind: 'delay', ms: 500 }]);
  const env = { FLEET_ALERT_WEBHOOK_URL: 'https://alerts.example/secret', LEDGER_KEY: 'of another', TMPDIR: '/tmp' };
  const worker = fleet.workerIn({ env }, '--slots', '1');
  const before = standIn.requests().posts;
  const night = fleet.command('run', 'nightly', 'site-1');
  while (standIn.requests().posts === before) await sleep(50);
  const [names = []] = environmentsOf(worker);
  expect(names.sort()).toEqual(['METRICS_FILE', 'PATH', 'RATE_ADDRESS', 'RATE_BUDGET_URL', 'REPORT_DIR', 'TMPDIR']);
  standIn.misbehave([]);
  expect(await night, worker.said).toMatchObject({ exitCode: 0 });
  worker.stop();
  await worker.ended;
});

test('a process that the system does not start is noted and started again', async () => {
  const [site] = readSiteFolder(fleet.folder).sites;
  const logged: string[] = [];
  const log = (event: string, fields: object): unknown => logged.push(`${event} ${JSON.stringify(fields)}`);
  const room: Parameters<typeof doJob>[0] = {
    context: { log, print: () => undefined, isHuman: false },
    // Where a process starts; it went after the worker had read it.
    folder: join(fleet.folder, 'gone'),
    config: configOf({}),
    ...{ engine, store, outages, worker: 'host:1' },
    siteNamed: () => site,
    clock: new WorkerClock(store, log),
    lookAgain: () => Promise.resolve(),
    running: new Set(),
  };
  const asked = { site: 'site-1', job: 'nightly', due: null, flags: [], askedBy: null };
  await expect(doJob(room, randomUUID(), asked)).rejects.toThrow('not_started');
  expect(logged.join('\n')).toContain('fleet_job_not_started {"site":"site-1","job":"nightly","code":"ENOENT"}');
  const [noted] = await fleet.ask("SELECT exit_code, reason FROM redox_fleet.night WHERE worker = 'host:1'");
  expect(noted).toEqual({ exit_code: null, reason: 'not_started' });
  expect((await store.sites())[0]).toMatchObject({ failures: 1, reason: 'not_started', state: 'ok' });
});

test('a missing folder of reports leaves the figures of the fleet, and is said once', async () => {
  const folder = join(fleet.folder, 'unmounted');
  const port = await freePort();
  const logged: string[] = [];
  const config = configOf({ FLEET_REPORT_DIR: folder, METRICS_PORT: String(port) });
  const watch = new FleetWatch({ log: (event) => logged.push(event) }, config, store, outages);
  const close = await watch.serve();
  const figures = async (): Promise<string> => {
    await watch.look(new Date(), null);
    return (await request(`http://127.0.0.1:${port}/metrics`)).body.text();
  };
  expect(await figures()).toContain('redox_fleet_site_state{site="site-1"');
  await figures();
  expect(logged.filter((event) => event === 'fleet_reports_unreadable')).toHaveLength(1);
  await mkdir(folder);
  await writeFile(join(folder, 'site-1.prom'), '# HELP redox_reconcile_up Up.\nredox_reconcile_up 1\n');
  expect(await figures()).toContain('redox_reconcile_up{site="site-1"} 1');
  await rm(folder, { recursive: true });
  expect(await figures()).not.toContain('redox_reconcile_up');
  expect(logged.filter((event) => event === 'fleet_reports_unreadable')).toHaveLength(2);
  await close();
});

test('healthz is 503 while nothing may start', async () => {
  const port = await freePort();
  const watch = new FleetWatch({ log: () => undefined }, configOf({ METRICS_PORT: String(port) }), store, outages);
  const close = await watch.serve();
  const health = async (): Promise<string> => {
    const { statusCode, body } = await request(`http://127.0.0.1:${port}/healthz`);
    return `${statusCode} ${await body.text()}`;
  };
  await watch.look(new Date(), null);
  expect(await health()).toBe('200 ok\n');
  await watch.look(new Date(), 'The clock is wrong.');
  expect(await health()).toBe('503 The clock is wrong.\n');
  watch.noteAway();
  expect(await health()).toMatch(/^503 The fleet database is away/);
  await close();
});

test("the dead man's switch is held only by a worker that takes jobs", async () => {
  const listener = await openListener();
  const config = configOf({ FLEET_HEARTBEAT_URL: `${listener.url}/alive` });
  const watch = new FleetWatch({ log: () => undefined }, config, store, outages);
  await watch.look(new Date(), 'The clock is wrong.');
  expect(listener.take()).toEqual([]);
  await watch.look(new Date(), null);
  expect(listener.take()).toMatchObject([{ path: '/alive' }]);
});

test('a site without a cron expression is left out and is a trouble of the fleet', async () => {
  const site = (name: string): string => join(fleet.folder, 'sites', `${name}.env`);
  const text = await readFile(site('site-1'), 'utf8');
  await writeFile(site('untimed'), text.replace('15 2 * * *', '15 2 * * monday?'));
  const worker = fleet.worker('--slots', '1');
  await fleet.until(
    "SELECT count(*) = 1 FROM redox_fleet.trouble WHERE reason = 'site_invalid' AND subject = 'untimed'",
  );
  expect(worker.said).toMatch(/"event":"fleet_site_invalid","site":"untimed","says":"FLEET_NIGHTLY or/);
  worker.stop();
  await worker.ended;
  await rm(site('untimed'));
});

test("a night's counts come from its summary, for the site and for the night", async () => {
  await onlySite().ehr.grow(2);
  const worker = fleet.worker('--slots', '1');
  expect(await fleet.command('run', 'nightly', 'site-1'), worker.said).toMatchObject({ exitCode: 0 });
  const { stdout } = await fleet.command('status', 'site-1', '--json');
  const [site] = (JSON.parse(stdout) as { sites: object[] }).sites;
  expect(site).toMatchObject({
    ...{ site_group: 'tests', time_zone: 'America/Chicago', nightly: '15 2 * * *' },
    ...{
      accepted: 6,
      open_calls: 0,
      waiting: 0,
      nights_left: 0,
      person_lines: 0,
      findable_share: expect.any(Number) as number,
    },
  });
  const [night] = await fleet.ask<{ counts: object; asked_by: string }>(
    'SELECT counts, asked_by FROM redox_fleet.night ORDER BY ended_at DESC LIMIT 1',
  );
  expect(night?.asked_by).toMatch(/^\S+@\S+$/);
  expect(Object.keys(night?.counts ?? {}).sort()).toEqual([
    'accepted',
    'findable_share',
    'nights_left',
    'open_calls',
    'person_lines',
    'waiting',
  ]);
  worker.stop();
  await worker.ended;
});
