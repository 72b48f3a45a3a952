import type { Dispatcher } from 'undici';
import type { Exchange } from '../decide/outcome.ts';

interface PostRequest {
  readonly origin: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  /** Null for a GET. */
  readonly body: string | Buffer | null;
  /** The largest answer that is read. Default: as of a push. */
  readonly keptBytes?: number;
  /** For the whole exchange: connecting, sending, the answer's head and body. */
  readonly timeoutMs: number;
  /** Its abort aborts the POST. */
  readonly cutOff: AbortSignal;
  /** Called just before the first byte leaves; false sends nothing, and the exchange fails with `notNow`. */
  readonly mayLeave?: () => boolean;
  /** Called with the answer's `Date`, if present. */
  readonly onDate?: (date: string) => void;
}

/** The code of an exchange stopped by `mayLeave` before the first byte. */
export const notNow = 'NOT_NOW';

/** Redox answers a push with its `Meta` alone: a few hundred bytes. */
const usualBytes = 64 * 1024;

/** One POST, or GET without a body, without retries or redirects. A failed exchange resolves as well; only our own bugs reject. */
export function post(dispatcher: Dispatcher, request: PostRequest): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const { origin, path, headers, body } = request;
    const handler = new PostHandler(request, resolve, reject);
    // A connection of its own: see fresh-connection.ts.
    dispatcher.dispatch({ origin, path, method: body === null ? 'GET' : 'POST', headers, body, reset: true }, handler);
  });
}

/**
 * Uses undici's dispatch interface for its `onRequestStart`, the moment the request begins to leave. After a failure before that,
 * Redox has certainly taken nothing.
 */
class PostHandler implements Dispatcher.DispatchHandler {
  readonly #resolve: (exchange: Exchange) => void;
  readonly #reject: (error: Error) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #onDate: PostRequest['onDate'];
  readonly #mayLeave: PostRequest['mayLeave'];
  readonly #cutOff: AbortSignal;
  readonly #keptBytes: number;
  #controller: Dispatcher.DispatchController | null = null;
  /** Why this side aborted; null if it did not. */
  #givenUp: 'TIMEOUT' | 'CUT_OFF' | null = null;
  #httpStatus: number | null = null;
  #retryAfter: string | null = null;
  /** The request accepts no encoding, so a packed body is unreadable. */
  #isPacked = false;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(
    { timeoutMs, cutOff, mayLeave, onDate, keptBytes = usualBytes }: PostRequest,
    resolve: (exchange: Exchange) => void,
    reject: (error: Error) => void,
  ) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#onDate = onDate;
    this.#mayLeave = mayLeave;
    this.#cutOff = cutOff;
    this.#keptBytes = keptBytes;
    this.#timer = setTimeout(() => {
      this.#giveUp('TIMEOUT');
    }, timeoutMs);
    if (cutOff.aborted) this.#onCutOff();
    cutOff.addEventListener('abort', this.#onCutOff, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#givenUp !== null) {
      // Already reported as never left; undici writes nothing for a request that is aborted here.
      controller.abort(new Error('given up before it was sent'));
      return;
    }
    // After a throw undici writes nothing and keeps the connection; an abort would close it.
    if (this.#mayLeave?.() === false) throw Object.assign(new Error('may not leave now'), { code: notNow });
    this.#controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    httpStatus: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // An interim answer (1xx): the final one follows.
    if (httpStatus < 200) return;
    this.#httpStatus = httpStatus;
    this.#isPacked = ![undefined, '', 'identity'].includes(headers['content-encoding']?.toString().toLowerCase());
    const retryAfter = headers['retry-after'];
    this.#retryAfter = typeof retryAfter === 'string' ? retryAfter : null;
    const date = headers['date'];
    if (typeof date === 'string') this.#onDate?.(date);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes <= this.#keptBytes) this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const isReadable = this.#bytes <= this.#keptBytes && !this.#isPacked;
    this.#finish(isReadable ? textOf(Buffer.concat(this.#chunks)) : null, '');
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error & { readonly code?: unknown }): void {
    const code = proxyCode(error) ?? (typeof error.code === 'string' ? error.code : error.name);
    if (code === 'UND_ERR_INVALID_ARG') {
      this.#endWaiting();
      this.#reject(error);
      return;
    }
    this.#finish(null, this.#givenUp ?? code);
  }

  readonly #onCutOff = (): void => {
    this.#giveUp('CUT_OFF');
  };

  #giveUp(why: 'TIMEOUT' | 'CUT_OFF'): void {
    this.#givenUp ??= why;
    if (this.#controller === null) this.#finish(null, why);
    else this.#controller.abort(new Error('given up'));
  }

  #endWaiting(): void {
    clearTimeout(this.#timer);
    this.#cutOff.removeEventListener('abort', this.#onCutOff);
  }

  #finish(body: string | null, errorCode: string): void {
    this.#endWaiting();
    const httpStatus = this.#httpStatus;
    this.#resolve(
      httpStatus === null
        ? { kind: 'unanswered', left: this.#controller !== null, errorCode }
        : { kind: 'answered', httpStatus, retryAfter: this.#retryAfter, body },
    );
  }
}

/** Without the byte order mark of some servers. */
const textOf = (bytes: Buffer): string => new TextDecoder().decode(bytes);

/** undici gives a refusing proxy's status only in its message. */
function proxyCode({ message }: Error): string | null {
  const status = /^Proxy response \((\d{3})\)/.exec(message)?.[1];
  return status === undefined ? null : `PROXY_${status}`;
}
