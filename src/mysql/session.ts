import type { Readable } from 'node:stream';
import type { FieldPacket } from 'mysql2';
import { Fault, NeighbourFault, StoppedFault, TooMuchText, UsageFault } from '../fault.ts';
import type { Secret } from '../secret.ts';
import { connectionOptions, whereIsMysql } from './address.ts';
import { mysqlConnectRemedy } from './connect-remedy.ts';
import { type Flavour, flavourOf } from './flavour.ts';
import { type BoundStatement, Link, type MysqlSessionOptions, type RowSink } from './link.ts';
import { describeMysqlError, isInterrupted, mysqlFault } from './mysql-error.ts';
import { pins } from './pins.ts';

export type { BoundStatement, RowSink } from './link.ts';

/** One connection to a MySQL or a MariaDB, with pinned settings. A lost connection is never reopened. */
export class MysqlSession {
  readonly url: Secret;
  readonly flavour: Flavour;
  /** True if the limit in force comes from the account or the server. */
  readonly limitIsTheirs: boolean;
  readonly #limitMs: number;
  readonly #link: Link;

  private constructor(url: Secret, link: Link, { flavour, limitIsTheirs, limitMs }: Prepared) {
    this.url = url;
    this.flavour = flavour;
    this.limitIsTheirs = limitIsTheirs;
    this.#limitMs = limitMs;
    this.#link = link;
  }

  static async open(url: Secret, options: MysqlSessionOptions): Promise<MysqlSession> {
    if (isAborted(options.stop)) throw new StoppedFault();
    const link = new Link(connectionOptions(url), options);
    try {
      await link.connect();
      return new MysqlSession(url, link, await prepare(link, options));
    } catch (error) {
      await link.close();
      if (isAborted(options.stop)) throw new StoppedFault({ cause: error });
      if (error instanceof Fault) throw error;
      throw notConnected(url, error);
    }
  }

  async rows(what: string, statement: BoundStatement): Promise<Record<string, string | null>[]> {
    const rows: Record<string, string | null>[] = [];
    await this.each(what, statement, (row) => rows.push(row));
    return rows;
  }

  /** Passes on each row as it arrives. An error of `onRow` is thrown; the remaining rows are dropped. */
  async each(
    what: string,
    statement: BoundStatement,
    onRow: (row: Record<string, string | null>) => void,
  ): Promise<void> {
    let names: readonly string[] = [];
    await this.#explaining(what, () =>
      this.#link.execute(statement, {
        onFields: (fields) => {
          names = fields.map(({ name }) => name);
        },
        onRow: (row) => {
          onRow(Object.fromEntries(names.map((name, index) => [name, row[index] ?? null])));
        },
      }),
    );
  }

  /** What the server says of the columns of a statement without rows. */
  async columns(what: string, statement: BoundStatement): Promise<readonly FieldPacket[]> {
    let found: readonly FieldPacket[] = [];
    const onFields = (fields: readonly FieldPacket[]): void => {
      found = fields;
    };
    await this.#explaining(what, () => this.#link.execute(statement, { onFields, onRow: () => undefined }));
    return found;
  }

  /** Runs a statement without values and without rows that count, such as SET. */
  async run(what: string, text: string): Promise<void> {
    await this.#explaining(what, () => this.#link.query(text));
  }

  /** Runs work whose statements may take less time than others. */
  async within<T>(ms: number, work: () => Promise<T>): Promise<T> {
    const what = 'the time limit';
    await this.run(what, this.flavour.setTimeLimit(this.#limitMs === 0 ? ms : Math.min(ms, this.#limitMs)));
    try {
      return await work();
    } finally {
      await this.run(what, this.flavour.setTimeLimit(this.#limitMs));
    }
  }

  /**
   * What the sink makes of the rows, in chunks. The server waits while nobody reads. A reader that leaves early closes the connection.
   */
  stream(what: string, statement: BoundStatement, sink: RowSink): Readable {
    return this.#link.stream(statement, sink, (error) => this.#explained(what, error));
  }

  close(): Promise<void> {
    return this.#link.close();
  }

  async #explaining(what: string, work: () => Promise<void>): Promise<void> {
    try {
      if (this.#link.isStopped) throw new StoppedFault();
      await work();
    } catch (error) {
      throw this.#explained(what, error);
    }
  }

  #explained(what: string, error: unknown): Error {
    if (error instanceof Fault || error instanceof TooMuchText) return error;
    if (this.#link.isStopped && (this.#link.lost !== null || isInterrupted(error))) {
      return new StoppedFault({ cause: error });
    }
    return mysqlFault(what, error, this.#link.lost);
  }
}

const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;

interface Prepared extends Pick<MysqlSession, 'flavour' | 'limitIsTheirs'> {
  /** The limit in force; 0 for none. */
  readonly limitMs: number;
}

/** Identifies the server and pins the session. */
async function prepare(link: Link, { limit }: MysqlSessionOptions): Promise<Prepared> {
  const flavour = flavourOf(await link.value('SELECT VERSION() AS version'));
  if (!flavour.isOldEnough) {
    throw new UsageFault(
      `The EHR's server is ${flavour.label}; MySQL 8.0 or MariaDB 10.6 and newer can be read. ` +
        'Read from a newer replica, or from CSV extracts (docs/your-ehr.md).',
    );
  }
  const theirs = Number(await link.value(flavour.readTimeLimit));
  const limitIsTheirs = limit.yields && theirs > 0 && (limit.ms === 0 || theirs < limit.ms);
  for (const pin of pins) await link.query(pin);
  const limitMs = limitIsTheirs ? theirs : limit.ms;
  await link.query(flavour.setTimeLimit(limitMs));
  return { flavour, limitIsTheirs, limitMs };
}

const notConnected = (url: Secret, error: unknown): NeighbourFault =>
  new NeighbourFault(
    `Could not connect to the EHR at ${whereIsMysql(url)}: ${describeMysqlError(error)}. ${mysqlConnectRemedy(error, url)}`,
    { cause: error },
  );
