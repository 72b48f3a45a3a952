import { setTimeout as sleep } from 'node:timers/promises';
import { NeighbourFault } from '../../fault.ts';
import type { Exchange } from '../../decide/outcome.ts';
import { backOffMs, retryAfterMs, type RetryPolicy } from '../../decide/retry.ts';
import type { Proxy } from '../../network/way-out.ts';
import { tokenRefusal } from './token-refusal.ts';

export interface Tokens {
  /** A token that holds for now. However many ask, one request is under way. Rejects with a NeighbourFault. */
  current(): Promise<string>;
  /** Redox did not take this token: forget it, unless another has taken its place already. */
  invalidate(token: string): void;
}

/** What Redox granted. */
export interface Grant {
  readonly token: string;
  readonly lifeMs: number;
}

/** A grant, and when the next one is asked for: on the monotonic clock, for the wall clock may be set while the job runs. */
export type Cached<G extends Grant> = G & { readonly renewAt: number };

/** A token is renewed when this part of its life is over: what leaves with it still arrives in time. */
const renewAfter = 0.8;

/** Keeps a token at hand. `fetch` is given the one that grew old; null where there was none, or Redox did not take it. */
export function keepToken<G extends Grant>(fetch: (old: Cached<G> | null) => Promise<Cached<G>>): Tokens {
  let cached: Cached<G> | null = null;
  let coming: Promise<Cached<G>> | null = null;

  const renew = async (): Promise<string> => {
    coming ??= fetch(cached).finally(() => {
      coming = null;
    });
    cached = await coming;
    return cached.token;
  };

  return {
    current: async () => (cached !== null && performance.now() < cached.renewAt ? cached.token : renew()),
    invalidate: (token) => {
      if (cached?.token === token) cached = null;
    },
  };
}

export type Answered = Exchange & { readonly kind: 'answered' };

interface TokenRequest<G extends Grant> {
  readonly url: string;
  readonly proxy: Proxy | null;
  readonly ask: () => Promise<Exchange>;
  /** What an answer grants; null where it grants nothing. */
  readonly read: (answer: Answered) => G | null;
  /** What Redox said in refusing, and what to do about it. */
  readonly refusalOf: (body: string | null) => string;
  readonly retry: RetryPolicy;
  readonly signal: AbortSignal;
}

/** A refusal is final; whatever may pass by itself is tried again. */
export async function askForToken<G extends Grant>(request: TokenRequest<G>): Promise<Cached<G>> {
  const { url, proxy, ask, read, refusalOf, retry, signal } = request;
  for (let tries = 1; ; tries += 1) {
    signal.throwIfAborted();
    const askedAt = performance.now();
    const exchange = await ask();
    // Broken off by the signal: Redox has refused nothing.
    if (exchange.kind === 'unanswered') signal.throwIfAborted();
    const granted = exchange.kind === 'answered' ? read(exchange) : null;
    if (granted !== null) return { ...granted, renewAt: askedAt + granted.lifeMs * renewAfter };
    if (tries >= retry.attempts || isFinal(exchange)) {
      throw new NeighbourFault(tokenRefusal({ url, proxy, exchange, tries, refusalOf }));
    }
    const askedForMs = exchange.kind === 'answered' ? retryAfterMs(exchange.retryAfter, new Date()) : null;
    const waitMs = backOffMs(tries, { retryAfterMs: askedForMs, random: Math.random() }, retry);
    await sleep(waitMs, undefined, { signal });
  }
}

function isFinal(exchange: Exchange): boolean {
  if (exchange.kind === 'unanswered') return false;
  const { httpStatus } = exchange;
  return httpStatus >= 300 && httpStatus < 500 && httpStatus !== 408 && httpStatus !== 429;
}

/** The fields of a good answer; null where it is not one. */
export function fieldsOf({ httpStatus, body }: Answered): Readonly<Record<string, unknown>> | null {
  if (httpStatus !== 200 || body === null) return null;
  try {
    const fields: unknown = JSON.parse(body);
    return typeof fields === 'object' && fields !== null ? (fields as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** A token becomes a header: anything else than visible ASCII could not be sent. */
export const isToken = (value: unknown): value is string => typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
