import { UsageFault } from '../fault.ts';
import { whereIs } from '../postgres/connect/database-address.ts';
import { Session } from '../postgres/session.ts';
import { type Parameter, type Statement, statement } from '../postgres/sql-file.ts';
import type { Secret } from '../secret.ts';

/** The database of a fleet: one session for the engine and for our own tables, opened again after a loss. */
export class FleetDatabase {
  readonly #url: Secret;
  #session: Promise<Session> | null = null;

  constructor(url: Secret) {
    this.#url = url;
  }

  async run<Row extends object>(statement: Statement<Row>, parameters: readonly Parameter[] = []): Promise<Row[]> {
    return (await this.#open()).run(statement, parameters);
  }

  /** What the engine asks. */
  async executeSql(text: string, values: readonly unknown[] = []): Promise<{ rows: Record<string, unknown>[] }> {
    const session = await this.#open();
    return session.query('a statement of the engine', text, values as readonly Parameter[]);
  }

  /** Throws where `fleet migrate` has not made the tables. */
  async assertReady(): Promise<void> {
    const [found] = await this.run<{ exist: boolean }>(statement('fleet/site/has_fleet_tables'));
    if (found?.exist === true) return;
    throw new UsageFault(
      `The fleet database at ${whereIs(this.#url)} is empty: run \`redox-reconcile fleet migrate\`.`,
    );
  }

  async migrate(): Promise<void> {
    const session = await this.#open();
    await session.transaction(async () => {
      await session.query(
        'the turn to make tables',
        "SELECT pg_advisory_xact_lock(hashtextextended('redox-fleet tables', 0))",
      );
      await session.query('the tables of the rate budget', statement('fleet/rate/make_rate_tables').text);
      await session.query('the tables of the fleet', statement('fleet/site/make_fleet_tables').text);
    });
  }

  async close(): Promise<void> {
    const session = await this.#session?.catch(() => null);
    this.#session = null;
    await session?.close();
  }

  async #open(): Promise<Session> {
    const known = await this.#session?.catch(() => null);
    if (known?.isLost === true) this.#session = null;
    this.#session ??= Session.open(this.#url, { neighbour: 'the fleet database' }).catch((error: unknown) => {
      this.#session = null;
      throw error;
    });
    return this.#session;
  }
}
