import { setTimeout as sleep } from 'node:timers/promises';

/** A cancel that arrives between two statements has no effect, so it is repeated. */
const everyMs = 250;

interface InterruptionOptions {
  readonly stop: AbortSignal | undefined;
  /** Closes the connection if the server is still busy after this time. */
  readonly leaveAfterMs: number;
  /** Cancels the current statement by another connection; always resolves. */
  readonly cancel: () => Promise<void>;
  /** Closes the session's connection at once. */
  readonly leave: () => void;
}

/** Ends the current statement of a session on a signal. */
export class Interruption {
  readonly #options: InterruptionOptions;
  readonly #over = new AbortController();
  #cancelling: Promise<void> = Promise.resolve();

  constructor(options: InterruptionOptions) {
    this.#options = options;
    if (options.stop?.aborted === true) this.#onStop();
    else options.stop?.addEventListener('abort', this.#onStop, { once: true });
  }

  /** True after the signal: new work is refused. */
  get isOn(): boolean {
    return this.#options.stop?.aborted === true;
  }

  /** Resolves once the last cancel has arrived. */
  async end(): Promise<void> {
    this.#options.stop?.removeEventListener('abort', this.#onStop);
    this.#over.abort();
    await this.#cancelling;
  }

  readonly #onStop = (): void => {
    setTimeout(() => {
      if (!this.#over.signal.aborted) this.#options.leave();
    }, this.#options.leaveAfterMs).unref();
    this.#cancelling = this.#cancelUntilOver();
  };

  async #cancelUntilOver(): Promise<void> {
    while (!this.#over.signal.aborted) {
      await this.#options.cancel();
      await sleep(everyMs, null, { signal: this.#over.signal }).catch(() => undefined);
    }
  }
}
