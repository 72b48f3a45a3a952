import { pipeline } from 'node:stream/promises';
import type { Readable, Writable } from 'node:stream';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { Fault, StoppedFault, TooMuchText } from '../fault.ts';
import type { Secret } from '../secret.ts';
import { newClient, type NewClient } from './connect/client.ts';
import { type Asked, noAnswer, notConnected, pooled } from './connect/connection-refusal.ts';
import { whereIs } from './connect/database-address.ts';
import { isCancelled } from './database-error.ts';
import { type OurTables, sessionError } from './database-fault.ts';
import { type Choose, onFirstServer } from './connect/first-server.ts';
import { type Greeting, greet } from './connect/greeting.ts';
import { openTurn } from './in-turn.ts';
import { Interruption } from '../network/interruption.ts';
import { Silence } from '../network/silence.ts';
import { pin, readingSlowly } from './pins.ts';
import { answer, giveBack, type Pooling, poolingOf } from './connect/pooler.ts';
import { type OnRow, rowByRow } from './row-by-row.ts';
import { type SessionOptions, limitOf } from './session-options.ts';
import type { Ask, Parameter, Statement } from './sql-file.ts';
import { cancelStatement, isServed } from './beside.ts';
import { watch } from './connect/watch.ts';

/** A full pool delays its answer. */
const greetingMs = 30_000;

/** One direct connection to Postgres. A lost connection is never reopened. */
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
  readonly #connection: NewClient;
  readonly #readsSlowly: boolean;
  #silence: Silence | null = null;
  /** Statements queue here; one runs at a time. */
  readonly #inTurn = openTurn();

  private constructor(connection: NewClient, url: Secret, options: SessionOptions) {
    const { neighbour, tables, stop, leaveAfterMs, readsSlowly = false } = options;
    this.#client = connection.client;
    this.#connection = connection;
    this.#url = url;
    this.#neighbour = neighbour;
    this.#tables = tables ?? null;
    this.#readsSlowly = readsSlowly;
    this.#interruption = new Interruption({ stop, leaveAfterMs, leave: connection.leave });
    this.#client.on('error', (error) => {
      this.#noteLoss(error);
    });
    this.#client.on('end', () => {
      this.#noteLoss(new Error('Connection terminated'));
    });
  }

  /** Opens a session on the first server of the URL that accepts it and has the requested kind. */
  static open(url: Secret, options: SessionOptions): Promise<Session> {
    return onFirstServer(url, options.neighbour, (server, choose) => Session.#openAt(server, choose, options));
  }

  static async #openAt(url: Secret, choose: Choose, options: SessionOptions): Promise<Session> {
    const connect = (): NewClient => newClient(url, options);
    const asked = { neighbour: options.neighbour, place: whereIs(url) };
    const session = new Session(connect(), url, options);
    try {
      if (session.#interruption.isOn) throw new StoppedFault();
      await session.#client.connect();
      await session.#prepare(connect, choose, asked, options);
      return session;
    } catch (error) {
      const isToStop = session.#interruption.isOn;
      await session.close();
      if (isToStop) throw new StoppedFault({ cause: error });
      if (error instanceof Fault) throw error;
      throw notConnected(error, asked, url, options.needs ?? 2);
    }
  }

  /** Identifies the server process first, and only then sets anything. */
  async #prepare(connect: () => NewClient, choose: Choose, asked: Asked, options: SessionOptions): Promise<void> {
    const { needs = 2, settings, statementLimit } = options;
    const greeting = await answer(greet(this.#client), greetingMs);
    if (greeting === null) throw noAnswer(asked, needs);
    choose(greeting);
    this.#greeting = greeting;
    this.#interruption.cancelBy(() => cancelStatement(greeting, connect));
    this.#pooling = await poolingOf(this.#client, greeting, () => connect().client);
    // A full pool lets a second client wait, so its silence proves nothing.
    if (this.#pooling === 'none') {
      this.#silence = new Silence({ ...this.#connection, isServed: () => isServed(greeting, connect) });
    }
    const refused = pooled(asked, this.#pooling, needs);
    if (refused !== null) throw refused;
    this.#statementLimitMs = statementLimit === undefined ? 0 : limitOf(statementLimit, greeting);
    await pin(this.#client, { statement_timeout: `${this.#statementLimitMs}ms`, ...settings }, options);
  }

  /** Registers a listener for a lost connection; `close()` is not a loss. */
  onLost(listener: () => void): void {
    this.#whenLost.push(listener);
  }

  /** Polls the server (`watch.ts`). Returns a function that stops the watch. */
  watch(everyMs: number, patienceMs: number): () => void {
    const ask = (): Promise<unknown> => this.#inTurn(() => this.#client.query('SELECT 1'));
    return watch({ ask, leave: this.#connection.leave }, everyMs, patienceMs);
  }

  /** The server of this session, if the URL names several, so that another session can use the same one. */
  get url(): Secret {
    return this.#url;
  }

  /** The server's state before anything was set. */
  get greeting(): Greeting {
    if (this.#greeting === null) throw new Error('the session is not open');
    return this.#greeting;
  }

  /** True if the effective statement limit comes from the role, the database or the server. */
  get statementLimitIsTheirs(): boolean {
    return this.#statementLimitMs > 0 && this.#statementLimitMs === this.greeting.statementTimeoutMs;
  }

  /** True behind a pooler; it is in session mode, because `open` refuses all others. */
  get isPooled(): boolean {
    return this.#pooling === 'session';
  }

  get isLost(): boolean {
    return this.#lost !== null;
  }

  /** Runs a statement, prepared under its name. */
  async run<Row extends object>(statement: Statement<Row>, parameters: readonly Parameter[] = []): Promise<Row[]> {
    return this.#guarded(statement.name, () => this.#rowsOf<Row>(statement, parameters));
  }

  /** Like `run`, for exactly one row. */
  async one<Row extends object>(statement: Statement<Row>, parameters: readonly Parameter[] = []): Promise<Row> {
    const [row] = await this.run<Row>(statement, parameters);
    if (row === undefined) throw new Error(`${statement.name} gave no row`);
    return row;
  }

  /**
   * Reads the rows of a statement page by page, so that a large result never fills the memory. Runs in its own
   * transaction; reserve the session until the last page is read.
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
      // It only read, so a rollback fails only on a lost connection, and the next use reports that.
      await this.#client.query('ROLLBACK').catch(() => undefined);
    }
  }

  /** Runs SQL composed at run time (a contract), or several statements at once (a migration). */
  async query(
    what: string,
    text: string,
    parameters: readonly Parameter[] = [],
  ): Promise<pg.QueryResult<pg.QueryResultRow>> {
    return this.#guarded(what, () =>
      parameters.length === 0 ? this.#client.query(text) : this.#client.query(text, [...parameters]),
    );
  }

  /** Like `query`, so planned for its parameters each time; passes on each row as it arrives. An error of `onRow` ends it and is thrown. */
  async each(what: string, text: string, parameters: readonly Parameter[], onRow: OnRow): Promise<void> {
    await this.#guarded(what, () => rowByRow(this.#client, { text, values: [...parameters] }, onRow));
  }

  /** Streams the rows of a `COPY … TO STDOUT` through the given stages, which may take nothing for minutes. */
  async copyOut(what: string, text: string, ...stages: [...NodeJS.ReadWriteStream[], Writable]): Promise<void> {
    const copy = (): Promise<void> => pipeline([this.#client.query(copyTo(text)), ...stages]);
    await this.#guarded(what, () => (this.#readsSlowly ? copy() : readingSlowly(this.#client, copy)));
  }

  /** Streams lines into a `COPY … FROM STDIN`. */
  async copyIn(what: string, text: string, ...stages: [Readable, ...NodeJS.ReadWriteStream[]]): Promise<void> {
    await this.#guarded(what, () => pipeline([...stages, this.#client.query(copyFrom(text))]));
  }

  /** The bytes of a `COPY … TO STDOUT`, for a pipeline into another session. */
  copySource(text: string): Readable {
    const lines = this.#client.query(copyTo(text));
    return this.#silence?.whileOpen(lines) ?? lines;
  }

  /** The sink for the bytes of a `COPY … FROM STDIN`. */
  copySink(text: string): Writable {
    const lines = this.#client.query(copyFrom(text));
    return this.#silence?.whileOpen(lines) ?? lines;
  }

  /** Runs work between `begin` and COMMIT; rolls back if it throws. */
  async transaction<T>(work: () => Promise<T>, begin = 'BEGIN'): Promise<T> {
    await this.query(begin, begin);
    try {
      const result = await work();
      await this.query('COMMIT', 'COMMIT');
      return result;
    } catch (error) {
      // The first error is thrown; a rollback fails only on a lost connection, which also ends the transaction.
      await this.#client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }

  /**
   * Runs independent statements in one transaction and returns the rows of each, once committed. Other statements of
   * this session wait until then.
   */
  async transactionOf(asks: readonly Ask[]): Promise<readonly (readonly object[])[]> {
    return this.#guarded('a transaction', async () => {
      try {
        await this.#client.query('BEGIN');
        const rows: (readonly object[])[] = [];
        for (const { statement, parameters } of asks) {
          // An error names its own statement.
          const found = this.#rowsOf(statement, parameters).catch((error: unknown) => {
            throw this.explain(statement.name, error);
          });
          rows.push(await found);
        }
        await this.#client.query('COMMIT');
        return rows;
      } catch (error) {
        await this.#client.query('ROLLBACK').catch(() => undefined);
        throw error;
      }
    });
  }

  async #rowsOf<Row extends object>({ name, text }: Statement, parameters: readonly Parameter[]): Promise<Row[]> {
    return (await this.#client.query<Row>({ name, text, values: [...parameters] })).rows;
  }

  /** Ignores the signal from now on: new work runs to its end. */
  ignoreAbort(): Promise<void> {
    return this.#interruption.end();
  }

  async close(): Promise<void> {
    this.#whenLost.length = 0;
    await this.ignoreAbort();
    if (this.isPooled && !this.isLost) await giveBack(this.#client);
    await this.#client.end().catch(() => undefined);
  }

  /** Explains an error of Postgres in a sentence free of values. */
  explain(what: string, error: unknown): Error {
    if (error instanceof Fault || error instanceof TooMuchText) return error;
    if (this.#interruption.explains(isCancelled(error))) return new StoppedFault({ cause: error });
    return sessionError(what, error, {
      neighbour: this.#neighbour,
      role: this.#client.user ?? '',
      tables: this.#tables,
      lost: this.#lost,
    });
  }

  async #guarded<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await this.#inTurn(async () => {
        if (this.#interruption.isOn) throw new StoppedFault();
        return this.#silence === null ? work() : this.#silence.during(work);
      });
    } catch (error) {
      throw this.explain(what, error);
    }
  }

  #noteLoss(error: Error): void {
    if (this.#lost !== null) return;
    this.#silence?.end();
    this.#lost = error;
    for (const listener of this.#whenLost) listener();
  }
}
