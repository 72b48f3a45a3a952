import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jobIdOf } from '../../src/decide/fleet/job-id.ts';
import { type Engine, openEngine, queueOf, queueOptions, startEngine } from '../../src/fleet/engine.ts';
import { FleetDatabase } from '../../src/fleet/fleet-database.ts';
import { Fleet } from '../fleet/support/fleet.ts';
import { dice, isShort, seed } from './support/budget.ts';
import { FleetServers } from './support/fleet/servers.ts';
import { FleetTroubles, usualDelay } from './support/fleet/troubles.ts';
import { count } from './support/tally.ts';

/**
 * A fleet over some nights in which workers, nights, servers, links and clocks fail. CHAOS_SITES, CHAOS_WORKERS and CHAOS_NIGHTS say how
 * large. It needs the engine, and so Node 22.12.
 */
const { CHAOS_SITES: askedSites, CHAOS_WORKERS: askedWorkers, CHAOS_NIGHTS: askedNights } = process.env;
const size = { sites: Number(askedSites ?? 10), workers: Number(askedWorkers ?? 3), nights: Number(askedNights ?? 2) };
const isOldNode = Number(process.versions.node.split('.')[0]) < 23;

const limit = { calls: Math.max(300, 12 * size.sites), windowMs: 10_000 };
const slots = 2;
/** Of the workers. */
const heartbeatMs = 10_000;
const betweenTroublesMs = 10_000;
const startsWithinMs = 60_000;
const dayMs = 86_400_000;
const patienceMs = 900_000;

describe.skipIf(isShort || isOldNode)('a fleet in trouble', () => {
  let servers: FleetServers;
  let fleet: Fleet;
  let troubles: FleetTroubles;
  let database: FleetDatabase;
  let engine: Engine;
  const some = dice(seed);

  beforeAll(async () => {
    servers = await FleetServers.start();
    fleet = await Fleet.open({
      sites: size.sites,
      workers: { FLEET_GROUP_SLOTS: '64' },
      settings: { RATE_LIMIT: `${limit.calls}/${limit.windowMs / 1_000}s` },
      newDatabase: servers.newDatabase,
    });
    troubles = new FleetTroubles(fleet, servers, some, slots);
    database = new FleetDatabase(fleet.url);
    engine = await openEngine(database, 'client');
    await startEngine(engine);
    await engine.createQueue(queueOf('default'), queueOptions(heartbeatMs));
  }, 300_000);
  afterAll(async () => {
    troubles.close();
    await database.close();
    await fleet.close();
    await servers.close();
  });

  const misbehave = (rules: Parameters<(typeof fleet.sites)[number]['standIn']['misbehave']>[0]): void => {
    for (const { standIn } of fleet.sites) standIn.misbehave(rules);
  };

  /** As a worker's planner gives them: one job for each site and due time, again after a failure. */
  async function give(due: Date): Promise<void> {
    for (const { name } of fleet.sites) {
      // A fifth of a site changes in a night, which the guard rightly doubts once it knows a hundred rows.
      const flags = ['--allow-large-change'];
      const data = { site: name, job: 'nightly', due: due.toISOString(), flags, askedBy: null };
      const options = { id: jobIdOf(name, 'nightly', due), priority: 10, group: { id: 'tests' } };
      await whileAway(() => engine.send(queueOf('default'), data, options));
      count('due times of a fleet');
    }
  }

  /** The fleet's database may be away, or come back at this moment. */
  async function whileAway<T>(ask: () => Promise<T>): Promise<T> {
    for (const deadline = Date.now() + patienceMs; ;) {
      try {
        return await ask();
      } catch (error) {
        if (Date.now() > deadline) throw error;
      }
      await sleep(500);
    }
  }

  const ofDue = (due: Date): string => `FROM pgboss.job WHERE data ->> 'due' = '${due.toISOString()}'`;
  const areDone = (due: Date): Promise<void> =>
    fleet.until(`SELECT count(*) FILTER (WHERE state IN ('created', 'retry', 'active')) = 0 ${ofDue(due)}`, patienceMs);
  /** Three quarters of it, so that the next night comes while some still wait for another try, minutes after a failure. */
  const areMostlyDone = (due: Date): Promise<void> =>
    whileAway(() =>
      fleet.until(`SELECT 4 * count(*) FILTER (WHERE state = 'completed') >= 3 * count(*) ${ofDue(due)}`, patienceMs),
    );

  async function hurtUntil(signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(betweenTroublesMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      await troubles.hurt();
    }
  }

  async function night(due: Date): Promise<void> {
    for (const { ehr } of fleet.sites) await ehr.live(some);
    await give(due);
    await areMostlyDone(due);
    count('nights of a fleet');
  }

  test(
    `over ${size.nights} nights of ${size.sites} sites ends with every site clean`,
    { timeout: size.nights * size.sites * 30_000 + 600_000 },
    async () => {
      await troubles.startMachines(size.workers);
      const due = (nightsAgo: number): Date => new Date(Date.now() - nightsAgo * dayMs);
      misbehave(usualDelay);
      const calm = new AbortController();
      const troubled = hurtUntil(calm.signal);
      for (let one = 0; one < size.nights; one += 1) await night(due(size.nights + 2 - one));
      calm.abort();
      await troubled;
      // Two nights without trouble at most.
      misbehave([]);
      for (const nightsAgo of [2, 1]) {
        const at = due(nightsAgo);
        await give(at);
        await areDone(at);
      }
      const unwell = await fleet.ask(`
        SELECT s.site, s.state, n.reason, n.exit_code, n.due_at, n.ended_at
        FROM redox_fleet.site s
        CROSS JOIN LATERAL (
          SELECT * FROM redox_fleet.night n WHERE n.site = s.site ORDER BY n.started_at DESC LIMIT 1
        ) n
        WHERE s.state <> 'ok'`);
      expect(unwell).toEqual([]);
      for (const { name, ehr, standIn } of fleet.sites) {
        expect(await ehr.differences(standIn.state()), name).toEqual([]);
      }
    },
  );

  test('does no due time twice', async () => {
    const [starts] = await fleet.ask<{ all: number; again: number }>(`
      SELECT count(*)::int AS all, (count(*) - count(DISTINCT job_id))::int AS again
      FROM redox_fleet.night WHERE job = 'nightly'`);
    count('starts of nights of a fleet', starts?.all ?? 0);
    count('starts of nights again, after a death or a failure', starts?.again ?? 0);
    const twice = await fleet.ask(`
      SELECT site, due_at, count(*)::int AS done FROM redox_fleet.night
      WHERE reason IN ('done', 'needs_person') GROUP BY site, due_at HAVING count(*) > 1`);
    expect(twice).toEqual([]);
  });

  test('starts no night on a machine whose clock is wrong', async () => {
    for (const pid of troubles.wrongClocks) {
      expect(await fleet.ask(`SELECT site, reason FROM redox_fleet.night WHERE worker LIKE '%:${pid}'`)).toEqual([]);
    }
  });

  /** Among dead servers and silent links there is no promise of a minute. */
  test('starts again what dead workers had', async () => {
    for (const [pid, killedAt] of troubles.deaths) {
      const again = await fleet.ask<{ at: Date | null }>(`
        SELECT min(n.started_at) AS at
        FROM redox_fleet.night dead
        LEFT JOIN redox_fleet.night n ON n.job_id = dead.job_id AND n.started_at > dead.started_at
        WHERE dead.ended_at IS NULL AND dead.worker LIKE '%:${pid}'
        GROUP BY dead.night_id`);
      for (const { at } of again) {
        expect(at).not.toBe(null);
        const seconds = Math.ceil(((at?.getTime() ?? 0) - killedAt) / 1_000);
        count('most seconds until it started among other troubles', seconds);
      }
    }
  });

  test('keeps all sites together within the limit in any rolling window', () => {
    const arrivals = fleet.sites
      .flatMap(({ standIn }) => [...standIn.requests().postTimes])
      .sort((one, other) => one - other);
    const most = Math.max(0, ...arrivals.map((at, index) => countWithin(arrivals, index, at)));
    count('most arrivals of a fleet in one window', most);
    expect(arrivals.length).toBeGreaterThan(limit.calls);
    expect(most).toBeLessThanOrEqual(limit.calls);
  });

  test('starts the nights of a dead worker within a minute', async () => {
    for (const { ehr, standIn } of fleet.sites.slice(0, 2 * slots * size.workers)) {
      await ehr.grow(20);
      standIn.misbehave([{ kind: 'delay', ms: 200 }]);
    }
    const due = new Date();
    await give(due);
    const [victim] = troubles.workers;
    const mine = `
      SELECT job_id FROM redox_fleet.night
      WHERE ended_at IS NULL AND due_at = '${due.toISOString()}' AND worker LIKE '%:${victim?.process.pid}'`;
    await fleet.until(`SELECT count(*) = ${Math.min(slots, size.sites)} FROM (${mine}) AS mine`);
    const jobs = (await fleet.ask<{ job_id: string }>(mine)).map(({ job_id }) => `'${job_id}'`).join();
    victim?.kill();
    const killedAt = Date.now();
    misbehave([]);
    await areDone(due);
    const starts = await fleet.ask<{ at: Date }>(
      `SELECT max(started_at) AS at FROM redox_fleet.night WHERE job_id IN (${jobs}) GROUP BY job_id`,
    );
    for (const { at } of starts) {
      count('most seconds until the night of a dead worker started', Math.ceil((at.getTime() - killedAt) / 1_000));
      expect(at.getTime() - killedAt).toBeGreaterThan(0);
      expect(at.getTime() - killedAt).toBeLessThan(startsWithinMs);
    }
    for (const worker of troubles.workers) worker.stop();
  });

  test('leaves no id and no secret in its tables', async () => {
    const texts = await fleet.everyText();
    for (const { secrets, ehr } of fleet.sites) {
      for (const secret of secrets) expect(texts).not.toContain(secret);
      const rows = await ehr.sql<{ id: string }>(
        'SELECT patient_id AS id FROM person UNION ALL SELECT encounter_id FROM visit',
      );
      expect(rows.filter(({ id }) => texts.includes(`"${id}"`) || texts.includes(`,${id},`))).toEqual([]);
    }
    expect(texts).not.toContain('postgres://');
  });
});

/** Arrivals of the window that ends with this one. */
function countWithin(arrivals: readonly number[], index: number, at: number): number {
  let first = index;
  while (first > 0 && (arrivals[first - 1] ?? 0) > at - limit.windowMs) first -= 1;
  return index - first + 1;
}
