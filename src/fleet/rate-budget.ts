/** A rate that processes and machines share, in a Postgres that all of them reach (RATE_BUDGET_URL). The protocol is in `sql/fleet/rate.sql`. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RateBudgetConfig } from '../config/rate-settings.ts';
import { type Fault, NeighbourFault } from '../fault.ts';
import { lasting } from '../plain-text.ts';
import { whereIs } from '../postgres/connect/database-address.ts';
import { Session } from '../postgres/session.ts';
import { statement } from '../postgres/sql-file.ts';
import type { Lease } from '../redox/shared-rate.ts';

interface BudgetOptions extends RateBudgetConfig {
  /** Of the address, if this process is the first to come. */
  readonly limit: { readonly calls: number; readonly windowMs: number };
  readonly site: string;
  readonly callTimeoutMs: number;
  readonly signal: AbortSignal;
  /** Called when the database goes away. */
  readonly onAway?: () => void;
  /** For tests: settings of the session. */
  readonly settings?: Readonly<Record<string, string>>;
}

interface Answer {
  readonly lease_id: number | null;
  readonly calls: number;
  readonly lease_ms: number;
  readonly wait_ms: number;
}

const reopenMs = 2_000;
const watchEveryMs = 5_000;
const watchPatienceMs = 20_000;

export class RateBudget {
  readonly #options: BudgetOptions;
  readonly #holder = `${hostname()}:${process.pid}:${randomBytes(2).toString('hex')}`;
  #session: Session | null = null;
  #isClosed = false;
  #endWatch: () => void = () => undefined;

  constructor(options: BudgetOptions) {
    this.#options = options;
  }

  /** A lease of at most this many calls, or how long to wait. Rejects with a NeighbourFault where the database is away for too long. */
  async take(calls: number): Promise<Lease | { readonly waitMs: number }> {
    const { address, site, callTimeoutMs } = this.#options;
    // The lease runs from before the question, by our own clock.
    let askedAt = performance.now();
    const answer = await this.#patiently(async (session) => {
      askedAt = performance.now();
      const take = statement<Answer>('fleet/rate/take_lease');
      const [, rows] = await session.transactionOf([
        { statement: statement('fleet/rate/lock_budget'), parameters: [address] },
        { statement: take, parameters: [address, site, this.#holder, calls, callTimeoutMs] },
      ]);
      return (rows as readonly Answer[])[0];
    });
    if (answer === undefined) throw this.#unknownAddress();
    if (answer.lease_id === null) return { waitMs: answer.wait_ms };
    return { id: answer.lease_id, calls: answer.calls, until: askedAt + answer.lease_ms };
  }

  /** Best effort: a lease that is not given back counts in full. */
  async give({ id }: Lease, calls: number): Promise<void> {
    await this.#session?.run(statement('fleet/rate/give_lease'), [id, calls]);
  }

  async pause(forMs: number): Promise<void> {
    await this.#session?.run(statement('fleet/rate/pause_budget'), [this.#options.address, Math.ceil(forMs)]);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#leave();
  }

  async #leave(): Promise<void> {
    this.#endWatch();
    await this.#session?.close();
    this.#session = null;
  }

  async #patiently<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const { patienceMs, signal, onAway } = this.#options;
    const deadline = performance.now() + patienceMs;
    for (let tries = 1; ; tries += 1) {
      try {
        return await work((this.#session ??= await this.#open()));
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof NeighbourFault) || this.#isClosed) throw error;
        await this.#leave();
        if (tries === 1) onAway?.();
        if (performance.now() + reopenMs > deadline) throw this.#away(error);
        await sleep(reopenMs, undefined, { signal });
      }
    }
  }

  async #open(): Promise<Session> {
    const { url, address, limit, settings = {} } = this.#options;
    const session = await Session.open(url, { neighbour: 'the rate budget', settings });
    try {
      await makeTables(session);
      await session.run(statement('fleet/rate/know_address'), [address, limit.calls, limit.windowMs]);
    } catch (error) {
      await session.close();
      throw error;
    }
    this.#endWatch = session.watch(watchEveryMs, watchPatienceMs);
    return session;
  }

  #away(cause: Fault): NeighbourFault {
    const { url, patienceMs } = this.#options;
    return new NeighbourFault(
      `The rate budget at ${whereIs(url)} was away for ${lasting(patienceMs)} (RATE_BUDGET_PATIENCE), and no call may leave without it. ` +
        `Bring it back, then start the job again: nothing is lost. ${cause.message}`,
      { cause },
    );
  }

  #unknownAddress(): NeighbourFault {
    return new NeighbourFault(
      `The rate budget at ${whereIs(this.#options.url)} has lost its address ${this.#options.address}: start the job again, which makes it.`,
    );
  }
}

/** A role without the right to make tables can use those that are there. */
async function makeTables(session: Session): Promise<void> {
  const { exist } = await session.one<{ exist: boolean }>(statement('fleet/rate/has_rate_tables'));
  if (exist) return;
  await session.transaction(async () => {
    await session.query(
      'the turn to make tables',
      "SELECT pg_advisory_xact_lock(hashtextextended('redox-fleet tables', 0))",
    );
    await session.query('the tables of the rate budget', statement('fleet/rate/make_rate_tables').text);
  });
}
