import pg from 'pg';
import { type BackendKey, requestCancel } from './cancel-request.ts';

/** A cancel that arrives between two statements is in vain, so it is sent again and again. */
const cancelEveryMs = 250;

/** When a signal comes, ends what a session is at, instead of waiting for it. */
export class Interruption {
  readonly #client: pg.Client;
  readonly #leaveAfterMs: number | null;
  #stop: AbortSignal | null;
  #key: BackendKey | null = null;
  #wasLeft = false;
  #timer: NodeJS.Timeout | undefined;
  #cancelling: Promise<void> = Promise.resolve();

  /** For a client that is not connected yet. `leaveAfterMs`: as `SessionOptions` has it. */
  constructor(client: pg.Client, stop: AbortSignal | undefined, leaveAfterMs: number | undefined) {
    this.#client = client;
    this.#stop = stop ?? null;
    this.#leaveAfterMs = leaveAfterMs ?? null;
    client.connection.on('backendKeyData', ({ processID, secretKey }: BackendKey) => {
      this.#key = { processID, secretKey };
    });
    stop?.addEventListener('abort', this.#onStop, { once: true });
  }

  /** The signal has come, and is holdPolicy: nothing new is to be begun. */
  get isOn(): boolean {
    return this.#stop?.aborted === true;
  }

  /** The process id that the server, or a pooler in its place, has given; null before that. */
  get processId(): number | null {
    return this.#key?.processID ?? null;
  }

  /** True where an error is our own doing: the statement was cancelled (57014, query_canceled), or the server was left. */
  explains(error: unknown): boolean {
    return this.isOn && (this.#wasLeft || (error instanceof pg.DatabaseError && error.code === '57014'));
  }

  /** From here on the signal is not holdPolicy. Resolves when no cancel is on its way any more: it would hit the next statement. */
  async end(): Promise<void> {
    this.#stop?.removeEventListener('abort', this.#onStop);
    this.#stop = null;
    clearTimeout(this.#timer);
    await this.#cancelling;
  }

  readonly #onStop = (): void => {
    // Who has no key yet is still connecting, and has nothing to cancel.
    if (this.#key === null) this.#leave();
    else if (this.#leaveAfterMs !== null) setTimeout(this.#leave, this.#leaveAfterMs).unref();
    this.#cancel();
  };

  readonly #cancel = (): void => {
    if (this.#stop === null || this.#key === null || this.#wasLeft) return;
    this.#cancelling = requestCancel(this.#client, this.#key);
    this.#timer = setTimeout(this.#cancel, cancelEveryMs);
  };

  readonly #leave = (): void => {
    if (this.#stop === null) return;
    this.#wasLeft = true;
    this.#client.connection.stream.destroy(new Error('left, because it did not stop'));
  };
}
