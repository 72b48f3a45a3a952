import { setTimeout as sleep } from 'node:timers/promises';
import { NeighbourFault } from '../../fault.ts';
import type { Exchange } from '../../decide/outcome.ts';
import { backOffMs, retryAfterMs, type RetryPolicy } from '../../decide/redox/failure.ts';
import type { Proxy } from '../../network/way-out.ts';
import { tokenRefusal } from './token-refusal.ts';

export interface Tokens {
  /** A valid token. Concurrent callers share one request. Rejects with a NeighbourFault. */
  current(): Promise<string>;
  /** Redox rejected this token: drops it, unless it was replaced already. */
  invalidate(token: string): void;
}

export interface Grant {
  readonly token: string;
  readonly lifeMs: number;
}

/** A grant, and the time of the next request, by the monotonic clock, because the wall clock may be set while the job runs. */
export type Cached<G extends Grant> = G & { readonly renewAt: number };

/** The part of a token's life after which it is renewed, so that every POST arrives in time. */
const renewAfter = 0.8;

/** Caches a token. `fetch` receives the expiring one; null without one, or after Redox rejected it. */
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
  readonly read: (answer: Answered) => G | null;
  readonly refusalOf: (body: string | null) => string;
  readonly retry: RetryPolicy;
  readonly signal: AbortSignal;
}

/** A refusal is final; transient failures are retried. */
export async function askForToken<G extends Grant>(request: TokenRequest<G>): Promise<Cached<G>> {
  const { url, proxy, ask, read, refusalOf, retry, signal } = request;
  for (let tries = 1; ; tries += 1) {
    signal.throwIfAborted();
    const askedAt = performance.now();
    const exchange = await ask();
    // Aborted by the signal: this is no refusal.
    if (exchange.kind === 'unanswered') signal.throwIfAborted();
    const granted = exchange.kind === 'answered' ? read(exchange) : null;
    if (granted !== null) return { ...granted, renewAt: askedAt + granted.lifeMs * renewAfter };
    if (tries >= retry.attempts || isFinal(exchange)) {
      throw new NeighbourFault(tokenRefusal({ url, proxy, exchange, tries, refusalOf }), {
        reason: 'redox_unavailable',
      });
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

/** The fields of a good answer, or null. */
export function fieldsOf({ httpStatus, body }: Answered): Readonly<Record<string, unknown>> | null {
  if (httpStatus !== 200 || body === null) return null;
  try {
    const fields: unknown = JSON.parse(body);
    return typeof fields === 'object' && fields !== null ? (fields as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** A token becomes a header, so it must be visible ASCII. */
export const isToken = (value: unknown): value is string => typeof value === 'string' && /^[\x21-\x7e]+$/.test(value);
