import type { Dispatcher } from 'undici';
import type { Exchange } from '../core/outcome.ts';

export interface PostRequest {
  readonly origin: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  /** For the whole of it: connecting, sending, the answer's head and its body. */
  readonly timeoutMs: number;
  /** Told the answer's `Date`, where it has one. */
  readonly onDate?: (date: string) => void;
}

/** More of an answer is not kept. Redox answers a push with its `Meta` alone: a few hundred bytes. */
const keptBytes = 64 * 1024;

/** One POST, never repeated and never redirected. A failure on the way is an answer too; rejects only for a bug of ours. */
export function post(dispatcher: Dispatcher, request: PostRequest): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const { origin, path, headers, body, timeoutMs, onDate } = request;
    const handler = new PostHandler(timeoutMs, resolve, reject, onDate);
    dispatcher.dispatch({ origin, path, method: 'POST', headers, body }, handler);
  });
}

/**
 * Speaks undici's lowest interface, because only there the socket says when the request begins to leave
 * (`onRequestStart`): before that, whatever goes wrong, nothing can have been taken.
 */
class PostHandler implements Dispatcher.DispatchHandler {
  readonly #resolve: (exchange: Exchange) => void;
  readonly #reject: (error: Error) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #onDate: PostRequest['onDate'];
  #controller: Dispatcher.DispatchController | null = null;
  #timedOut = false;
  #httpStatus: number | null = null;
  #retryAfter: string | null = null;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(
    timeoutMs: number,
    resolve: (exchange: Exchange) => void,
    reject: (error: Error) => void,
    onDate: PostRequest['onDate'],
  ) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#onDate = onDate;
    this.#timer = setTimeout(() => {
      this.#onTimeout();
    }, timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#timedOut) {
      // Already told as "never left"; undici writes nothing for a request that is aborted here.
      controller.abort(new Error('timed out before it was sent'));
      return;
    }
    this.#controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    httpStatus: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#httpStatus = httpStatus;
    const retryAfter = headers['retry-after'];
    this.#retryAfter = typeof retryAfter === 'string' ? retryAfter : null;
    const date = headers['date'];
    if (typeof date === 'string') this.#onDate?.(date);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= keptBytes) this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#settle(this.#bytes <= keptBytes ? Buffer.concat(this.#chunks).toString('utf8') : null, '');
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error & { readonly code?: unknown }): void {
    const code = typeof error.code === 'string' ? error.code : error.name;
    if (code === 'UND_ERR_INVALID_ARG') {
      clearTimeout(this.#timer);
      this.#reject(error);
      return;
    }
    this.#settle(null, this.#timedOut ? 'TIMEOUT' : code);
  }

  #onTimeout(): void {
    this.#timedOut = true;
    if (this.#controller === null) this.#settle(null, 'TIMEOUT');
    else this.#controller.abort(new Error('timed out'));
  }

  #settle(body: string | null, errorCode: string): void {
    clearTimeout(this.#timer);
    const httpStatus = this.#httpStatus;
    this.#resolve(
      httpStatus === null
        ? { kind: 'unanswered', left: this.#controller !== null, errorCode }
        : { kind: 'answered', httpStatus, retryAfter: this.#retryAfter, body },
    );
  }
}
