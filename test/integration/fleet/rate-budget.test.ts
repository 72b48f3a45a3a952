import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { RateBudget } from '../../../src/fleet/rate-budget.ts';
import type { Lease } from '../../../src/redox/shared-rate.ts';
import { Session } from '../../../src/postgres/session.ts';
import { openSharedRate } from '../../../src/redox/shared-rate.ts';
import { freshDatabase, type TestDatabase } from '../support/database.ts';
import { dice, type Dice } from '../../chaos/support/budget.ts';

/** The leases of a shared rate, by a clock of the test's own and by the real one. */

let database: TestDatabase;
let session: Session;

/** `clock_timestamp()` without its schema is this one for sessions that name `virtual` first. */
const virtualClock = `
  CREATE SCHEMA virtual;
  CREATE TABLE virtual.clock (ms double precision);
  INSERT INTO virtual.clock VALUES (0);
  CREATE FUNCTION virtual.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
    AS 'SELECT timestamptz ''2026-03-02 08:15+00'' + ms * interval ''1 millisecond'' FROM virtual.clock'`;

beforeAll(async () => {
  database = await freshDatabase();
  session = await Session.open(database.url, { neighbour: 'the test' });
  await session.query('a clock', virtualClock);
});
afterAll(async () => {
  await session.close();
  await database.drop();
});

const setClock = (ms: number): Promise<unknown> => session.query('the time', 'UPDATE virtual.clock SET ms = $1', [ms]);

interface Limit {
  readonly calls: number;
  readonly windowMs: number;
}

let addresses = 0;

/** Holders of one address, by the virtual clock. */
async function holders(count: number, limit: Limit, callTimeoutMs: number): Promise<readonly RateBudget[]> {
  addresses += 1;
  const address = `address-${addresses}`;
  await setClock(0);
  return Array.from({ length: count }, () => {
    const budget = new RateBudget({
      ...{ url: database.url, address, limit, callTimeoutMs, patienceMs: 0, site: 'site' },
      signal: new AbortController().signal,
      settings: { search_path: 'virtual, pg_catalog' },
    });
    onTestFinished(() => budget.close());
    return budget;
  });
}

const leaseMsOf = ({ windowMs }: Limit): number => Math.min(5_000, Math.max(1, Math.floor(windowMs / 60)));

/** The most arrivals in any closed window, found by counting them all. */
const most = (arrivals: readonly number[], windowMs: number): number =>
  Math.max(0, ...arrivals.map((from) => arrivals.filter((at) => at >= from && at <= from + windowMs).length));

interface Event {
  readonly at: number;
  readonly happen: () => Promise<void>;
}

/** What holders do, in the order of time. The database's clock may be set back, and time goes on. */
class World {
  readonly arrivals: number[] = [];
  readonly #events: Event[] = [];
  #now = 0;
  #behindMs = 0;

  at(at: number, happen: () => Promise<void>): void {
    this.#events.push({ at, happen });
    this.#events.sort((one, other) => one.at - other.at);
  }

  get now(): number {
    return this.#now;
  }

  setBack(ms: number): void {
    this.#behindMs += ms;
  }

  async run(untilMs: number): Promise<void> {
    for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
      if (next.at > untilMs) return;
      this.#now = next.at;
      await setClock(this.#now - this.#behindMs);
      await next.happen();
    }
  }
}

const isLease = (answer: Lease | { readonly waitMs: number }): answer is Lease => 'id' in answer;

interface Manners {
  readonly limit: Limit;
  readonly callTimeoutMs: number;
  /** How many calls a holder wants; 0 for all it can get. */
  readonly wish: () => number;
  /** How long a call takes. */
  readonly callMs: () => number;
  /** Whether the holder dies with its lease. */
  readonly dies: () => boolean;
}

/** A holder that takes lease after lease. */
function live(world: World, budget: RateBudget, some: Dice, manners: Manners): void {
  const { limit, callTimeoutMs, wish, callMs, dies } = manners;
  const leaseMs = leaseMsOf(limit);
  const take = async (): Promise<void> => {
    const wanted = wish();
    const answer = await budget.take(wanted === 0 ? limit.calls : wanted);
    if (!isLease(answer)) {
      world.at(world.now + answer.waitMs, take);
      return;
    }
    const isDead = dies();
    const made = isDead || wanted === 0 ? answer.calls : some.number(answer.calls + 1);
    const ends = Array.from({ length: made }, () => {
      const leaves = world.now + some.number(leaseMs + 1);
      const takes = isDead ? callTimeoutMs : Math.min(callTimeoutMs, callMs());
      world.arrivals.push(leaves + some.number(Math.floor(takes) + 1));
      return leaves + takes;
    });
    if (!isDead) world.at(Math.max(world.now, ...ends) + 1, () => budget.give(answer, made));
    world.at(world.now + Math.ceil(leaseMs * 0.9), take);
  };
  world.at(some.number(leaseMs + 1), take);
}

describe('the arrivals of all holders', () => {
  test('stay within the limit in any window, with deaths and a clock that is set back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ calls: fc.integer({ min: 1, max: 60 }), windowMs: fc.integer({ min: 300, max: 20_000 }) }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 10, max: 3_000 }),
        fc.integer(),
        async (limit, count, callTimeoutMs, of) => {
          const some = dice(of);
          const world = new World();
          const budgets = await holders(count, limit, callTimeoutMs);
          for (const budget of budgets) {
            live(world, budget, some, {
              limit,
              callTimeoutMs,
              wish: () => some.number(limit.calls + 1),
              callMs: () => some.number(callTimeoutMs + 1),
              dies: () => some.number(8) === 0,
            });
          }
          for (let at = 0; at < 3; at += 1) {
            world.at(some.number(2 * limit.windowMs), () => {
              world.setBack(some.number(limit.windowMs));
              return Promise.resolve();
            });
          }
          await world.run(2 * limit.windowMs);
          for (const budget of budgets) await budget.close();
          expect(most(world.arrivals, limit.windowMs)).toBeLessThanOrEqual(limit.calls);
        },
      ),
      { numRuns: Number(process.env['RATE_RUNS'] ?? 6) },
    );
  });

  test.each([1, 6])('use nearly all of the limit under saturation, with %i holders', async (count) => {
    const limit = { calls: 7_500, windowMs: 300_000 };
    const some = dice(count);
    const world = new World();
    for (const budget of await holders(count, limit, 20_000)) {
      live(world, budget, some, {
        limit,
        callTimeoutMs: 20_000,
        wish: () => 0,
        callMs: () => 30 + some.number(300),
        dies: () => false,
      });
    }
    await world.run(2.02 * limit.windowMs);
    const steady = world.arrivals.filter((at) => at > limit.windowMs && at <= 2 * limit.windowMs).length;
    expect(steady / limit.calls).toBeGreaterThanOrEqual(0.95);
    expect(steady).toBeLessThanOrEqual(limit.calls);
    const sorted = world.arrivals.sort((one, other) => one - other);
    const late = sorted.findIndex((at, index) => (sorted[index + limit.calls] ?? Infinity) <= at + limit.windowMs);
    expect(late, 'more than the limit in one window').toBe(-1);
  });
});

describe('a budget', () => {
  const limit = { calls: 600, windowMs: 60_000 };

  test('is shared in equal parts', async () => {
    const [one, other] = await holders(2, limit, 1_000);
    const first = await one?.take(1_000);
    const second = await other?.take(1_000);
    expect([first, second]).toMatchObject([{ calls: 10 }, { waitMs: expect.any(Number) as number }]);
    await setClock(1_000);
    expect(await other?.take(1_000)).toMatchObject({ calls: 5 });
  });

  test('counts the lease of a dead holder until none of its calls can be under way', async () => {
    const few = { calls: 10, windowMs: 60_000 };
    const [dead, alive] = await holders(2, few, 20_000);
    let at = 0;
    for (let granted = 0; granted < few.calls; at += 1_000) {
      await setClock(at);
      const answer = await dead?.take(few.calls);
      if (answer !== undefined && isLease(answer)) granted += answer.calls;
    }
    // The last lease of a second, 20 s of a call, 2 s for the last check, and a window.
    await setClock(at - 1_000 + 23_000 - 54_000 + 60_000);
    expect(await alive?.take(1)).toHaveProperty('waitMs');
    await setClock(at + 23_000 + 60_001);
    expect(await alive?.take(1)).toMatchObject({ calls: 1 });
  });

  test('is paused for everybody by a refusal', async () => {
    const [one, other] = await holders(2, limit, 1_000);
    await one?.take(1);
    await one?.pause(30_000);
    await setClock(29_000);
    expect(await other?.take(1)).toHaveProperty('waitMs');
    await setClock(40_000);
    expect(await other?.take(1)).toMatchObject({ calls: 1 });
  });

  test('is paused for a window after a standby was promoted', async () => {
    const [one] = await holders(1, limit, 1_000);
    await one?.take(1);
    await session.query('a failover', 'UPDATE redox_fleet.rate_budget SET timeline = timeline - 1');
    await setClock(50_000);
    expect(await one?.take(1)).toHaveProperty('waitMs');
    await setClock(50_000 + 60_000);
    expect(await one?.take(1)).toHaveProperty('waitMs');
    await setClock(50_000 + 60_000 + 4_001);
    expect(await one?.take(1)).toMatchObject({ calls: 1 });
  });
});

describe('the real clock', () => {
  test('holds the limit for two processes that send without end', async () => {
    const limit = { calls: 60, windowMs: 3_000 };
    const stop = new AbortController();
    const arrivals: number[] = [];
    const rates = ['one', 'other'].map((site) =>
      openSharedRate(
        new RateBudget({
          ...{ url: database.url, address: 'real', limit, callTimeoutMs: 1_000, patienceMs: 0, site },
          signal: stop.signal,
        }),
        stop.signal,
      ),
    );
    const lanes = rates.flatMap((rate) => Array.from({ length: 8 }, () => rate));
    const ends = lanes.map(async (rate) => {
      for (;;) {
        const unit = await rate.take();
        if (!unit.mayLeave()) {
          unit.giveBack();
          continue;
        }
        await sleep(5);
        arrivals.push(performance.now());
        await sleep(5);
        unit.spend();
      }
    });
    await sleep(9_500);
    stop.abort(new Error('enough'));
    await Promise.allSettled(ends);
    for (const rate of rates) await rate.close();
    expect(most(arrivals, limit.windowMs)).toBeLessThanOrEqual(limit.calls);
    expect(arrivals.length).toBeGreaterThan(limit.calls * 2);
  });
});
