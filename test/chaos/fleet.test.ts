import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Fleet, type Worker } from '../fleet/support/fleet.ts';
import { dice, isShort, seed } from './support/budget.ts';
import { count } from './support/tally.ts';

/**
 * A fleet over some nights in which workers die. CHAOS_SITES, CHAOS_WORKERS and CHAOS_NIGHTS say how large. It needs the engine, and so
 * Node 22.12.
 */
const { CHAOS_SITES: askedSites, CHAOS_WORKERS: askedWorkers, CHAOS_NIGHTS: askedNights } = process.env;
const size = { sites: Number(askedSites ?? 10), workers: Number(askedWorkers ?? 3), nights: Number(askedNights ?? 2) };
const isOldNode = Number(process.versions.node.split('.')[0]) < 23;

const limit = { calls: 300, windowMs: 10_000 };
const slots = 2;
const oneDeathMs = 10_000;
const startsWithinMs = 60_000;

describe.skipIf(isShort || isOldNode)('a fleet whose workers die', () => {
  let fleet: Fleet;
  let workers: Worker[] = [];
  const some = dice(seed);

  beforeAll(async () => {
    fleet = await Fleet.open({
      sites: size.sites,
      workers: { FLEET_GROUP_SLOTS: '64' },
      settings: { RATE_LIMIT: `${limit.calls}/${limit.windowMs / 1_000}s` },
    });
  }, 300_000);
  afterAll(() => fleet.close());

  const newWorker = (): Worker => fleet.worker('--slots', String(slots));
  const names = (): string[] => fleet.sites.map(({ name }) => name);

  /** Kills one of the workers, alone or with its nights, and starts another in its place. */
  function hurt(): void {
    const at = some.number(workers.length);
    const victim = workers[at];
    if (some.number(3) === 0) {
      victim?.killAlone();
      count('workers of a fleet killed alone');
    } else {
      victim?.kill();
      count('workers of a fleet killed with their nights');
    }
    workers[at] = newWorker();
  }

  async function hurtUntil(signal: AbortSignal): Promise<void> {
    for (let waitMs = some.number(oneDeathMs); ; waitMs = oneDeathMs) {
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      hurt();
    }
  }

  async function night(): Promise<void> {
    for (const { ehr } of fleet.sites) await ehr.live(some);
    for (const { standIn } of fleet.sites) standIn.misbehave([{ kind: 'delay', ms: 30 }]);
    const asked = fleet.command('run', 'nightly', ...names());
    const trouble = new AbortController();
    const troubled = hurtUntil(trouble.signal);
    const { exitCode, stdout, stderr } = await asked;
    trouble.abort();
    await troubled;
    expect([0, 2, 69], `${stdout}${stderr}`).toContain(exitCode);
    count('nights of a fleet');
  }

  /** A start of a job whose earlier start died, and how long after the last sign of life it came. */
  const restarts = `
    SELECT extract(epoch FROM n.started_at - before.started_at) * 1000 AS ms
    FROM redox_fleet.night n
    JOIN LATERAL (
      SELECT b.started_at FROM redox_fleet.night b
      WHERE b.job_id = n.job_id AND b.started_at < n.started_at AND b.ended_at IS NULL
      ORDER BY b.started_at DESC LIMIT 1
    ) before ON true`;

  test(
    `over ${size.nights} nights of ${size.sites} sites ends with every site clean`,
    { timeout: size.nights * size.sites * 30_000 + 300_000 },
    async () => {
      workers = Array.from({ length: size.workers }, newWorker);
      for (let one = 0; one < size.nights; one += 1) await night();
      count('starts of nights after a death', (await fleet.ask(restarts)).length);
      // Two nights without trouble at most.
      for (const { standIn } of fleet.sites) standIn.misbehave([]);
      for (let calm = 0; calm < 2; calm += 1) await fleet.command('run', 'nightly', ...names());
      const states = await fleet.ask<{ site: string; state: string }>(
        "SELECT site, state FROM redox_fleet.site WHERE state <> 'ok'",
      );
      expect(states).toEqual([]);
      for (const { name, ehr, standIn } of fleet.sites) {
        expect(await ehr.differences(standIn.state()), name).toEqual([]);
      }
    },
  );

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
    workers.forEach((worker) => {
      worker.kill();
    });
    for (const { ehr, standIn } of fleet.sites) {
      await ehr.grow(20);
      standIn.misbehave([{ kind: 'delay', ms: 200 }]);
    }
    const [victim, ...others] = (workers = Array.from({ length: size.workers }, newWorker));
    const asked = fleet.command('run', 'nightly', ...names());
    const mine = `SELECT job_id FROM redox_fleet.night WHERE ended_at IS NULL AND worker LIKE '%:${victim?.process.pid}'`;
    await fleet.until(`SELECT count(*) = ${Math.min(slots, size.sites)} FROM (${mine}) AS mine`);
    const jobs = (await fleet.ask<{ job_id: string }>(mine)).map(({ job_id }) => `'${job_id}'`).join();
    victim?.kill();
    const killedAt = Date.now();
    for (const { standIn } of fleet.sites) standIn.misbehave([]);
    await asked;
    const starts = await fleet.ask<{ at: Date }>(
      `SELECT max(started_at) AS at FROM redox_fleet.night WHERE job_id IN (${jobs}) GROUP BY job_id`,
    );
    for (const { at } of starts) {
      count('most seconds until the night of a dead worker started', Math.ceil((at.getTime() - killedAt) / 1_000));
      expect(at.getTime() - killedAt).toBeGreaterThan(0);
      expect(at.getTime() - killedAt).toBeLessThan(startsWithinMs);
    }
    for (const worker of others) worker.stop();
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
