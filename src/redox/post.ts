import type { Dispatcher } from 'undici';
import type { Exchange } from '../decide/outcome.ts';

interface PostRequest {
  readonly origin: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  /** For the whole of it: connecting, sending, the answer's head and its body. */
  readonly timeoutMs: number;
  /** Its abort breaks the POST off. */
  readonly cutOff: AbortSignal;
  /** Asked just before the first byte leaves; false: none does, and the exchange says `notNow`. Not given: it may. */
  readonly mayLeave?: () => boolean;
  /** Told the answer's `Date`, where it has one. */
  readonly onDate?: (date: string) => void;
}

/** The code of an exchange in which nothing left because `mayLeave` said no. */
export const notNow = 'NOT_NOW';

/** More of an answer is not kept. Redox answers a push with its `Meta` alone: a few hundred bytes. */
const keptBytes = 64 * 1024;

/** One POST, never repeated and never redirected. A failure on the way is an answer too; rejects only for a bug of ours. */
export function post(dispatcher: Dispatcher, request: PostRequest): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    const { origin, path, headers, body } = request;
    const handler = new PostHandler(request, resolve, reject);
    // A connection of its own: see fresh-connection.ts.
    dispatcher.dispatch({ origin, path, method: 'POST', headers, body, reset: true }, handler);
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
  readonly #mayLeave: PostRequest['mayLeave'];
  readonly #cutOff: AbortSignal;
  #controller: Dispatcher.DispatchController | null = null;
  /** Why we gave it up ourselves; null where we did not. */
  #givenUp: 'TIMEOUT' | 'CUT_OFF' | null = null;
  #httpStatus: number | null = null;
  #retryAfter: string | null = null;
  /** Nobody asked for gzip or the like, so nobody unpacks it. */
  #isPacked = false;
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(
    { timeoutMs, cutOff, mayLeave, onDate }: PostRequest,
    resolve: (exchange: Exchange) => void,
    reject: (error: Error) => void,
  ) {
    this.#resolve = resolve;
    this.#reject = reject;
    this.#onDate = onDate;
    this.#mayLeave = mayLeave;
    this.#cutOff = cutOff;
    this.#timer = setTimeout(() => {
      this.#giveUp('TIMEOUT');
    }, timeoutMs);
    if (cutOff.aborted) this.#onCutOff();
    cutOff.addEventListener('abort', this.#onCutOff, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#givenUp !== null) {
      // Already told as "never left"; undici writes nothing for a request that is aborted here.
      controller.abort(new Error('given up before it was sent'));
      return;
    }
    // Thrown, because undici then writes nothing and keeps the connection; an abort would close it.
    if (this.#mayLeave?.() === false) throw Object.assign(new Error('may not leave now'), { code: notNow });
    this.#controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    httpStatus: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // Redox is at work, says an interim answer: the answer is still to come.
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
    if (this.#bytes <= keptBytes) this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const isReadable = this.#bytes <= keptBytes && !this.#isPacked;
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

/** Without the byte order mark that some servers put in front. */
const textOf = (bytes: Buffer): string => new TextDecoder().decode(bytes);

/** undici says only in its message what a proxy answered that did not let us through. */
function proxyCode({ message }: Error): string | null {
  const status = /^Proxy response \((\d{3})\)/.exec(message)?.[1];
  return status === undefined ? null : `PROXY_${status}`;
}
