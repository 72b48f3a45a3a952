import pg from 'pg';
import { type OpenBeside, askBeside } from './beside.ts';
import type { Greeting } from './connect/greeting.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { statement } from './sql-file.ts';

interface InterruptionOptions {
  readonly stop: AbortSignal | undefined;
  /** As `SessionOptions` has it. */
  readonly leaveAfterMs: number | undefined;
  /** Closes the session's connection at once. */
  readonly leave: (reason: Error) => void;
}

/** Ends the current work of a session on a signal. */
export class Interruption {
  readonly #leaveAfterMs: number | undefined;
  readonly #leave: (reason: Error) => void;
  readonly #over = new AbortController();
  #stop: AbortSignal | undefined;
  #startCancelling: (() => Promise<void>) | null = null;
  #wasLeft = false;
  #cancelling: Promise<void> = Promise.resolve();

  constructor({ stop, leaveAfterMs, leave }: InterruptionOptions) {
    this.#stop = stop;
    this.#leaveAfterMs = leaveAfterMs;
    this.#leave = leave;
    stop?.addEventListener('abort', this.#onStop, { once: true });
  }

  /** True after the signal, while it counts: new work is refused. */
  get isOn(): boolean {
    return this.#stop?.aborted === true;
  }

  /**
   * Call once the session is greeted: from then on the signal cancels its statement. Before, it closes the connection.
   */
  cancelBy(target: Greeting, open: OpenBeside): void {
    this.#startCancelling = () => cancelUntil(this.#over.signal, target, open);
  }

  /** True if this caused the error: the statement was cancelled (57014, query_canceled), or the connection closed. */
  explains(error: unknown): boolean {
    return this.isOn && (this.#wasLeft || (error instanceof pg.DatabaseError && error.code === '57014'));
  }

  /**
   * Ignores the signal from now on. Resolves once the last cancel has arrived, because a late one would hit the next
   * statement.
   */
  async end(): Promise<void> {
    this.#stop?.removeEventListener('abort', this.#onStop);
    this.#stop = undefined;
    this.#over.abort();
    await this.#cancelling;
  }

  readonly #onStop = (): void => {
    if (this.#startCancelling === null) {
      this.#leaveNow();
      return;
    }
    if (this.#leaveAfterMs !== undefined) setTimeout(this.#leaveNow, this.#leaveAfterMs).unref();
    this.#cancelling = this.#startCancelling();
  };

  readonly #leaveNow = (): void => {
    if (this.#stop === undefined) return;
    this.#wasLeft = true;
    this.#over.abort();
    this.#leave(new Error('left, because it did not stop'));
  };
}

/** A cancel that arrives between two statements has no effect, so it is repeated. */
const everyMs = 250;
/** A server slower than this to connect is also too slow to cancel in time. */
const patienceMs = 2_000;

/** Cancels the statements of a session, repeatedly, until `over`. Always resolves, once the last cancel has arrived. */
async function cancelUntil(over: AbortSignal, target: Greeting, open: OpenBeside): Promise<void> {
  while (!over.aborted) {
    // A role may cancel its own statements. After a failure the statement still runs; the next try opens another connection.
    await askBeside(open, statement('session/cancel_statement'), target, patienceMs).catch(() => undefined);
    await sleep(everyMs, null, { signal: over }).catch(() => undefined);
  }
}
