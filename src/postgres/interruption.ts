import pg from 'pg';
import { cancelUntil, type OpenBeside } from './cancel.ts';
import type { Greeting } from './connect/greeting.ts';

interface InterruptionOptions {
  readonly stop: AbortSignal | undefined;
  /** As `SessionOptions` has it. */
  readonly leaveAfterMs: number | undefined;
  /** Closes the session's connection at once. */
  readonly leave: (reason: Error) => void;
}

/** When a signal comes, ends what a session is doing, instead of waiting for it. */
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

  /** The signal has come, and is holdPolicy: nothing new is to be begun. */
  get isOn(): boolean {
    return this.#stop?.aborted === true;
  }

  /** The session is greeted: from here on the signal cancels its statement. Before, it closes the connection. */
  cancelBy(target: Greeting, open: OpenBeside): void {
    this.#startCancelling = () => cancelUntil(this.#over.signal, target, open);
  }

  /** True where an error is our own doing: the statement was cancelled (57014, query_canceled), or the server was left. */
  explains(error: unknown): boolean {
    return this.isOn && (this.#wasLeft || (error instanceof pg.DatabaseError && error.code === '57014'));
  }

  /** From here on the signal is not holdPolicy. Resolves when no cancel is on its way any more: it would hit the next statement. */
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
