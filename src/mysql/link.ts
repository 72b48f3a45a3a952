import { Readable } from 'node:stream';
import { type Connection, type ConnectionOptions, createConnection, type FieldPacket } from 'mysql2';
import { cancelStatement, isReachable } from './beside.ts';
import { Interruption } from '../network/interruption.ts';
import { Silence } from '../network/silence.ts';
import { takeRowPackets } from './row-packets.ts';

/** A statement with `?` for each of its values, which are bound by the server and never become part of the text. */
export interface BoundStatement {
  readonly text: string;
  readonly values: readonly (string | number | null)[];
}

/** A row of a statement whose columns are all texts. */
export type TextValues = readonly (string | null)[];

export interface MysqlSessionOptions {
  /** The limit of a statement; 0 for none. `yields`: a shorter limit of the account or the server takes precedence. */
  readonly limit: { readonly ms: number; readonly yields: boolean };
  /** Aborting it cancels the current statement and refuses new work; both throw a StoppedFault. */
  readonly stop: AbortSignal | undefined;
  readonly leaveAfterMs: number;
}

interface Take {
  readonly onFields?: (fields: readonly FieldPacket[]) => void;
  readonly onRow: (row: TextValues) => void;
}

/** Gathers rows as bytes, which are read as a `TextRow`. */
export interface RowSink {
  add(bytes: Buffer, start: number, end: number): void;
  readonly length: number;
  /** Empties it. */
  take(): Buffer;
}

/** Bytes that are gathered before they are handed on. */
const chunkBytes = 64 * 1024;

/** The connection itself. Its errors are the driver's. */
export class Link {
  readonly #connection: Connection;
  readonly #stop: AbortSignal | undefined;
  readonly #leave: (reason: Error) => void;
  readonly #cancel: () => Promise<void>;
  readonly #interruption: Interruption;
  readonly #silence: Silence;
  /** Answers and rows that came, in all. */
  #heard = 0;
  #lost: Error | null = null;
  #failCurrent: ((error: Error) => void) | null = null;
  #isClosed = false;

  constructor(options: ConnectionOptions, { stop, leaveAfterMs }: MysqlSessionOptions) {
    this.#connection = createConnection({
      ...options,
      charset: 'UTF8MB4_GENERAL_CI',
      connectTimeout: 10_000,
      enableKeepAlive: true,
      keepAliveInitialDelay: 10_000,
      rowsAsArray: true,
      // Values are texts already; these are for the server's own answers.
      dateStrings: true,
      supportBigNumbers: true,
      bigNumberStrings: true,
      jsonStrings: true,
      maxPreparedStatements: 64,
      multipleStatements: false,
      // A server must never ask for a file of this machine.
      flags: ['-LOCAL_FILES'],
    });
    this.#connection.on('error', (error: Error) => {
      this.#fail(error);
    });
    const leave = (reason: Error): void => {
      this.#connection.destroy();
      this.#fail(reason);
    };
    this.#leave = leave;
    this.#stop = stop;
    this.#cancel = () => cancelStatement(options, this.#connection.threadId);
    this.#interruption = new Interruption({ stop, leaveAfterMs, leave });
    this.#silence = new Silence({
      heard: () => this.#heard,
      isServed: () => isReachable(options),
      leave,
    });
  }

  get isStopped(): boolean {
    return this.#stop?.aborted === true;
  }

  get lost(): Error | null {
    return this.#lost;
  }

  async connect(): Promise<void> {
    await this.#current((resolve, reject) => {
      this.#connection.connect((error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
    this.#interruption.cancelBy(this.#cancel);
  }

  query(text: string): Promise<void> {
    return this.#current((resolve, reject) => {
      this.#connection.query(text, (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  }

  /** The first value of the first row. */
  async value(text: string): Promise<string> {
    const rows: TextValues[] = [];
    await this.execute({ text, values: [] }, { onRow: (row) => rows.push(row) });
    return rows[0]?.[0] ?? '';
  }

  execute({ text, values }: BoundStatement, { onFields, onRow }: Take): Promise<void> {
    return this.#current((resolve, reject) => {
      let isOver = false;
      const fail = (error: Error): void => {
        isOver = true;
        reject(error);
      };
      const command = this.#connection.execute({ sql: text, values: [...values] });
      command.on('fields', (fields: readonly FieldPacket[]) => onFields?.(fields));
      command.on('result', (row: TextValues) => {
        this.#heard += 1;
        if (isOver) return;
        try {
          onRow(row);
        } catch (error) {
          fail(error instanceof Error ? error : new Error(String(error)));
        }
      });
      command.on('error', fail);
      command.on('end', () => {
        resolve();
      });
    });
  }

  stream({ text, values }: BoundStatement, sink: RowSink, explained: (error: unknown) => Error): Readable {
    let hasEnded = false;
    const stream = new Readable({
      highWaterMark: 4 * chunkBytes,
      read: () => {
        this.#connection.resume();
      },
      destroy: (error, done) => {
        if (!hasEnded) this.#leave(new Error('left before the last row'));
        done(error);
      },
    });
    const flush = (): void => {
      if (sink.length > 0 && !stream.push(sink.take())) this.#connection.pause();
    };
    const asked = this.#current((resolve, reject) => {
      const command = this.#connection.execute({ sql: text, values: [...values] });
      takeRowPackets(command, (bytes, start, end) => {
        this.#heard += 1;
        if (stream.destroyed) return;
        try {
          sink.add(bytes, start, end);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
          return;
        }
        if (sink.length >= chunkBytes) flush();
      });
      command.on('error', reject);
      command.on('end', () => {
        resolve();
      });
    });
    asked.then(
      () => {
        hasEnded = true;
        flush();
        stream.push(null);
      },
      (error: unknown) => {
        stream.destroy(explained(error));
      },
    );
    return stream;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#silence.end();
    await this.#interruption.end();
    // A statement may still run at the server, if its reader has left.
    if (this.#lost === null && this.#failCurrent === null) {
      await new Promise<void>((resolve) => {
        this.#connection.end(() => {
          resolve();
        });
      });
    } else this.#connection.destroy();
  }

  #current(begin: (resolve: () => void, reject: (error: Error) => void) => void): Promise<void> {
    if (this.#lost !== null) return Promise.reject(this.#lost);
    const current = (): Promise<void> =>
      new Promise((resolve, reject) => {
        this.#failCurrent = reject;
        begin(resolve, reject);
      });
    return this.#silence.during(current).finally(() => {
      this.#failCurrent = null;
    });
  }

  #fail(error: Error): void {
    this.#silence.end();
    this.#lost ??= error;
    this.#failCurrent?.(error);
  }
}
