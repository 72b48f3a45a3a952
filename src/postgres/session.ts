import { pipeline } from 'node:stream/promises';
import type { Readable, Writable } from 'node:stream';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { Fault, NeighbourFault, StoppedFault } from '../fault.ts';
import type { Secret } from '../secret.ts';
import { newClient, type NewClient } from './connect/client.ts';
import { noAnswer, noConnectionLeft, pooled } from './connect/connection-refusal.ts';
import { whereIs } from './connect/database-address.ts';
import { describeDatabaseError, isConnectionError } from './database-error.ts';
import { type OurTables, refusal } from './database-fault.ts';
import { type Choose, onFirstServer } from './connect/first-server.ts';
import { type Greeting, greet } from './connect/greeting.ts';
import { openTurn } from './in-turn.ts';
import { Interruption } from './interruption.ts';
import { pin } from './pins.ts';
import { answer, type Pooling, poolingOf } from './connect/pooler.ts';
import { rowByRow, type TextRow, TooMuchText } from './row-by-row.ts';
import type { Statement } from './sql-file.ts';
import { connectRemedy } from './connect/connect-remedy.ts';
import { limitOf, type StatementLimit } from './statement-limit.ts';
import { watch } from './connect/watch.ts';

interface SessionOptions {
  /** What the other side is called in messages to people, e.g. `the ledger`. */
  readonly neighbour: string;
  /** The tables and the statements are ours: what the server does not understand is a bug, and a missing right a GRANT. */
  readonly tables?: OurTables;
  /** Settings for this session beside the pins (`pins.ts`), e.g. `default_transaction_read_only`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** How long a statement may take. Not given: as long as it takes. */
  readonly statementLimit?: StatementLimit;
  /** True: every value arrives as the text that Postgres printed. False: numbers, booleans and dates are parsed. */
  readonly rawText?: boolean;
  /** Its abort ends what the session is at, and keeps anything new from being begun, until `heedNoMore`: both throw a StoppedFault. */
  readonly stop?: AbortSignal;
  /** A server that does not end what it is at so long after the abort is left. Not given: it is waited for. */
  readonly leaveAfterMs?: number;
  /** How many connections a run has there at once, for the sentence where the server gives no more. By default 2. */
  readonly needs?: number;
}

export type Parameter = string | number | boolean | Date | Buffer | null | readonly (string | null)[];

/** A statement of ours with its parameters. */
export interface Ask {
  readonly statement: Statement;
  readonly parameters: readonly Parameter[];
}

/** A pool without a free connection lets us wait for its answer. */
const greetingMs = 30_000;
const discardMs = 2_000;

/** One direct connection to a Postgres. It is lost once and for good: nothing here reconnects behind the caller's back. */
export class Session {
  readonly #client: pg.Client;
  readonly #neighbour: string;
  readonly #tables: OurTables | null;
  readonly #url: Secret;
  #greeting: Greeting | null = null;
  #pooling: Pooling = 'none';
  #statementLimitMs = 0;
  #lost: Error | null = null;
  readonly #whenLost: (() => void)[] = [];
  readonly #interruption: Interruption;
  readonly #leave: NewClient['leave'];
  /** One statement at a time: what waits, waits here. */
  readonly #inTurn = openTurn();

  private constructor(
    { client, leave }: NewClient,
    url: Secret,
    { neighbour, tables, stop, leaveAfterMs }: SessionOptions,
  ) {
    this.#client = client;
    this.#leave = leave;
    this.#url = url;
    this.#neighbour = neighbour;
    this.#tables = tables ?? null;
    this.#interruption = new Interruption({ stop, leaveAfterMs, leave });
    client.on('error', (error) => {
      this.#noteLoss(error);
    });
    client.on('end', () => {
      this.#noteLoss(new Error('Connection terminated'));
    });
  }

  /** Of several servers in the URL, on the first that lets us in and is of the kind that it asks for. */
  static open(url: Secret, options: SessionOptions): Promise<Session> {
    return onFirstServer(url, options.neighbour, (server, choose) => Session.#openAt(server, choose, options));
  }

  static async #openAt(url: Secret, choose: Choose, options: SessionOptions): Promise<Session> {
    const connect = (): NewClient => newClient(url, options);
    const opened = connect();
    const asked = { neighbour: options.neighbour, place: whereIs(url) };
    const session = new Session(opened, url, options);
    try {
      if (session.#interruption.isOn) throw new StoppedFault();
      await opened.client.connect();
      await session.#prepare(connect, choose, options);
      return session;
    } catch (error) {
      const isToStop = session.#interruption.isOn;
      await session.close();
      if (isToStop) throw new StoppedFault({ cause: error });
      if (error instanceof Fault) throw error;
      const limited = noConnectionLeft(error, asked, options.needs ?? 2);
      if (limited !== null) throw limited;
      throw new NeighbourFault(
        `Could not connect to ${options.neighbour} at ${asked.place}: ${describeDatabaseError(error)}. ` +
          connectRemedy(error, url, options.neighbour),
        { cause: error },
      );
    }
  }

  /** Nothing is set before it is known whose connection this is. */
  async #prepare(connect: () => NewClient, choose: Choose, options: SessionOptions): Promise<void> {
    const { neighbour, needs = 2, settings, statementLimit } = options;
    const asked = { neighbour, place: whereIs(this.#url) };
    const greeting = await answer(greet(this.#client), greetingMs);
    if (greeting === null) throw noAnswer(asked, needs);
    choose(greeting);
    this.#greeting = greeting;
    this.#interruption.cancelBy(greeting, connect);
    this.#pooling = await poolingOf(this.#client, greeting, () => connect().client);
    const refused = pooled(asked, this.#pooling, needs);
    if (refused !== null) throw refused;
    this.#statementLimitMs = statementLimit === undefined ? 0 : limitOf(statementLimit, greeting);
    await pin(this.#client, { statement_timeout: `${this.#statementLimitMs}ms`, ...settings }, neighbour);
  }

  /** Registers what to do when the connection breaks other than by `close()`. */
  onLost(listener: () => void): void {
    this.#whenLost.push(listener);
  }

  /** Asks again and again whether the server is still there (`watch.ts`). Gives what ends the watch. */
  watch(everyMs: number, patienceMs: number): () => void {
    const ask = (): Promise<unknown> => this.#inTurn(() => this.#client.query('SELECT 1'));
    return watch({ ask, leave: this.#leave }, everyMs, patienceMs);
  }

  /** The one server that this session is at, where its URL names several: for a session that must be at the same. */
  get url(): Secret {
    return this.#url;
  }

  /** What the server said before anything was set. */
  get greeting(): Greeting {
    if (this.#greeting === null) throw new Error('the session is not open');
    return this.#greeting;
  }

  /** What the database keeps its text in, by Postgres' own name. */
  get serverEncoding(): string {
    return this.greeting.encoding;
  }

  /** What ends a statement here that takes too long is not our limit but that of the role, the database or the server. */
  get statementLimitIsTheirs(): boolean {
    return this.#statementLimitMs > 0 && this.#statementLimitMs === this.greeting.statementTimeoutMs;
  }

  /** A pooler stands between us and the server; in session mode, or there would be no session. */
  get isPooled(): boolean {
    return this.#pooling === 'session';
  }

  get isLost(): boolean {
    return this.#lost !== null;
  }

  /** Runs one statement of ours, prepared under its name. */
  async run<Row extends object>(statement: Statement<Row>, parameters: readonly Parameter[] = []): Promise<Row[]> {
    return this.#guarded(statement.name, () => this.#rowsOf<Row>(statement, parameters));
  }

  /** As `run`, but each row is handed on as it comes. What `onRow` throws ends it, and is thrown. */
  async each(
    { name, text }: Statement,
    parameters: readonly Parameter[],
    onRow: (row: TextRow) => void,
  ): Promise<void> {
    await this.#guarded(name, () => rowByRow(this.#client, { name, text, values: [...parameters] }, onRow));
  }

  /** As `run`, where exactly one row comes back. */
  async one<Row extends object>(statement: Statement<Row>, parameters: readonly Parameter[] = []): Promise<Row> {
    const [row] = await this.run<Row>(statement, parameters);
    if (row === undefined) throw new Error(`${statement.name} gave no row`);
    return row;
  }

  /**
   * The rows of one statement, a page at a time, so that a large result is never held in memory. Runs in a transaction of its
   * own on this session; nothing else may use the session until the last page is read.
   */
  async *pages<Row extends object>(
    { name, text }: Statement<Row>,
    parameters: readonly Parameter[] = [],
    pageSize = 5000,
  ): AsyncGenerator<Row[], void, undefined> {
    await this.query(name, 'BEGIN READ ONLY');
    try {
      await this.query(name, `DECLARE page NO SCROLL CURSOR FOR ${text}`, parameters);
      for (;;) {
        const { rows } = await this.query(name, `FETCH ${pageSize} FROM page`);
        if (rows.length > 0) yield rows as Row[];
        if (rows.length < pageSize) break;
      }
    } finally {
      // Only reading was done, so ending it cannot fail but by a loss, which the next use tells.
      await this.#client.query('ROLLBACK').catch(() => undefined);
    }
  }

  /** Runs text that is composed at run time (a contract), or several statements at once (a migration). */
  async query(
    what: string,
    text: string,
    parameters: readonly Parameter[] = [],
  ): Promise<pg.QueryResult<pg.QueryResultRow>> {
    return this.#guarded(what, () =>
      parameters.length === 0 ? this.#client.query(text) : this.#client.query(text, [...parameters]),
    );
  }

  /** Streams the rows of a `COPY … TO STDOUT` through the given stages. */
  async copyOut(what: string, text: string, ...stages: [...NodeJS.ReadWriteStream[], Writable]): Promise<void> {
    await this.#guarded(what, () => pipeline([this.#client.query(copyTo(text)), ...stages]));
  }

  /** Streams lines into a `COPY … FROM STDIN`. */
  async copyIn(what: string, text: string, ...stages: [Readable, ...NodeJS.ReadWriteStream[]]): Promise<void> {
    await this.#guarded(what, () => pipeline([...stages, this.#client.query(copyFrom(text))]));
  }

  /** The bytes of a `COPY … TO STDOUT`, for a pipeline that ends in another session. */
  copySource(text: string): Readable {
    return this.#client.query(copyTo(text));
  }

  /** Where the bytes of a `COPY … FROM STDIN` go. */
  copySink(text: string): Writable {
    return this.#client.query(copyFrom(text));
  }

  /** Runs work between `begin` and COMMIT, and rolls back where it throws. */
  async transaction<T>(work: () => Promise<T>, begin = 'BEGIN'): Promise<T> {
    await this.query(begin, begin);
    try {
      const result = await work();
      await this.query('COMMIT', 'COMMIT');
      return result;
    } catch (error) {
      // The first error is the one to tell; a rollback fails only where the connection is gone, which ends it as well.
      await this.#client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  /**
   * A transaction of statements that need none of each other's rows. Gives the rows of each, once all of them are committed. What others
   * ask of this session waits until then, so no statement of theirs is in it.
   */
  async transactionOf(asks: readonly Ask[]): Promise<readonly (readonly object[])[]> {
    return this.#guarded('a transaction', async () => {
      try {
        await this.#client.query('BEGIN');
        const rows: (readonly object[])[] = [];
        for (const { statement, parameters } of asks) rows.push(await this.#told(statement, parameters));
        await this.#client.query('COMMIT');
        return rows;
      } catch (error) {
        // As in `transaction`.
        await this.#client.query('ROLLBACK').catch(() => undefined);
        throw error;
      }
    });
  }

  /** The rows of a statement of ours; an error names it. */
  async #told(statement: Statement, parameters: readonly Parameter[]): Promise<object[]> {
    return this.#rowsOf(statement, parameters).catch((error: unknown) => {
      throw this.explain(statement.name, error);
    });
  }

  async #rowsOf<Row extends object>({ name, text }: Statement, parameters: readonly Parameter[]): Promise<Row[]> {
    return (await this.#client.query<Row>({ name, text, values: [...parameters] })).rows;
  }

  /** From here on what is begun runs to its end, whatever the signal says. */
  heedNoMore(): Promise<void> {
    return this.#interruption.end();
  }

  async close(): Promise<void> {
    this.#whenLost.length = 0;
    await this.heedNoMore();
    // A pool that is not told to reset its connections would give ours to others as they are.
    if (this.isPooled && !this.isLost)
      await answer(this.#client.query('DISCARD ALL'), discardMs).catch(() => undefined);
    await this.#client.end().catch(() => undefined);
  }

  /** Turns what Postgres throws into a sentence without values. */
  explain(what: string, error: unknown): Error {
    if (error instanceof Fault || error instanceof TooMuchText) return error;
    if (this.#interruption.explains(error)) return new StoppedFault({ cause: error });
    if (this.#lost !== null || isConnectionError(error)) {
      return new NeighbourFault(
        `Lost the connection to ${this.#neighbour} during ${what}: ${describeDatabaseError(this.#lost ?? error)}. ` +
          'Nothing is lost: start the job again when the server is back, and it goes on from what is recorded.',
        { cause: error },
      );
    }
    if (error instanceof pg.DatabaseError) {
      return refusal(what, error, {
        neighbour: this.#neighbour,
        role: this.#client.user ?? '',
        tables: this.#tables,
      });
    }
    return error instanceof Error ? error : new Error(String(error));
  }

  async #guarded<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await this.#inTurn(async () => {
        if (this.#interruption.isOn) throw new StoppedFault();
        return work();
      });
    } catch (error) {
      throw this.explain(what, error);
    }
  }

  #noteLoss(error: Error): void {
    if (this.#lost !== null) return;
    this.#lost = error;
    for (const listener of this.#whenLost) listener();
  }
}
