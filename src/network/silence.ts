import type { Readable, Writable } from 'node:stream';

/** A connection that may wait for its server for hours. */
interface Silent {
  /** The bytes or rows that came, in all. */
  readonly heard: () => number;
  /** Asks by another connection whether the server is there and still serves this one. */
  readonly isServed: () => Promise<boolean>;
  readonly leave: (reason: Error) => void;
}

const askEveryMs = 30_000;

/**
 * Leaves a connection whose answer cannot come any more. TCP ends a silent path after some 15 minutes while bytes are on their way, and
 * behind a proxy that swallows them, never. A long statement is silent as well, so another connection decides, and two refusals in a row
 * count.
 */
export class Silence {
  readonly #connection: Silent;
  readonly #interval: NodeJS.Timeout;
  /** Statements and streams that wait for the server. */
  #waiting = 0;
  #heard = 0;
  #refusals = 0;
  #isAsking = false;

  constructor(connection: Silent, everyMs = askEveryMs) {
    this.#connection = connection;
    this.#interval = setInterval(() => {
      if (!this.#isSilent()) this.#refusals = 0;
      else if (!this.#isAsking) void this.#ask();
      this.#heard = connection.heard();
    }, everyMs).unref();
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting += 1;
    try {
      return await work();
    } finally {
      this.#waiting -= 1;
    }
  }

  whileOpen<Stream extends Readable | Writable>(stream: Stream): Stream {
    this.#waiting += 1;
    stream.once('close', () => {
      this.#waiting -= 1;
    });
    return stream;
  }

  end(): void {
    clearInterval(this.#interval);
  }

  #isSilent(): boolean {
    return this.#waiting > 0 && this.#connection.heard() === this.#heard;
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    const isServed = await this.#connection.isServed();
    this.#isAsking = false;
    this.#refusals = isServed || !this.#isSilent() ? 0 : this.#refusals + 1;
    if (this.#refusals < 2) return;
    this.end();
    this.#connection.leave(new Error('the server no longer answers, or no longer serves this connection'));
  }
}
