import { setTimeout as sleep } from 'node:timers/promises';

interface InterruptionOptions {
  readonly stop: AbortSignal | undefined;
  /** Leaves if the server is still busy after this time; undefined: waits. */
  readonly leaveAfterMs: number | undefined;
  /** Closes the session's connection at once. */
  readonly leave: (reason: Error) => void;
}

/** A cancel that arrives between two statements has no effect, so it is repeated. */
const everyMs = 250;

/** Ends the current work of a session with a database on a signal. */
export class Interruption {
  readonly #leaveAfterMs: number | undefined;
  readonly #leave: (reason: Error) => void;
  readonly #over = new AbortController();
  #stop: AbortSignal | undefined;
  #cancel: (() => Promise<void>) | null = null;
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
   * Call once the session is open: from then on the signal cancels its statement. Before, it closes the connection. `cancel`: by another
   * connection; always resolves.
   */
  cancelBy(cancel: () => Promise<void>): void {
    this.#cancel = cancel;
  }

  /** True if this caused an error: the statement was cancelled, or the connection closed. */
  explains(isCancelled: boolean): boolean {
    return this.isOn && (this.#wasLeft || isCancelled);
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
    if (this.#cancel === null) {
      this.#leaveNow();
      return;
    }
    if (this.#leaveAfterMs !== undefined) setTimeout(this.#leaveNow, this.#leaveAfterMs).unref();
    this.#cancelling = this.#cancelUntilOver(this.#cancel);
  };

  readonly #leaveNow = (): void => {
    if (this.#stop === undefined) return;
    this.#wasLeft = true;
    this.#over.abort();
    this.#leave(new Error('left, because it did not stop'));
  };

  async #cancelUntilOver(cancel: () => Promise<void>): Promise<void> {
    while (!this.#over.signal.aborted) {
      await cancel();
      await sleep(everyMs, null, { signal: this.#over.signal }).catch(() => undefined);
    }
  }
}
