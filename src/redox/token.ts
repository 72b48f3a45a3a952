import { setTimeout as sleep } from 'node:timers/promises';
import { NeighbourFault } from '../core/fault.ts';
import type { Exchange } from '../core/outcome.ts';
import { backOffMs, retryAfterMs, type RetryPolicy } from '../core/retry.ts';
import type { Signer } from './assertion.ts';
import { tokenRefusal } from './token-refusal.ts';

export interface Tokens {
  /** A token that holds for now. However many ask, one request is under way. Rejects with a NeighbourFault. */
  current(): Promise<string>;
  /** Redox did not take this token: forget it, unless another has taken its place already. */
  invalidate(token: string): void;
}

export interface TokenOptions {
  readonly url: string;
  readonly sign: Signer;
  /** POSTs a form to `url`. */
  readonly postForm: (body: string) => Promise<Exchange>;
  readonly retry: RetryPolicy;
  readonly signal: AbortSignal;
}

interface Held {
  readonly token: string;
  /** On the monotonic clock: the wall clock may be set while the job runs. */
  readonly renewAt: number;
}

/** A token is renewed when this part of its life is over: what leaves with it still arrives in time. */
const renewAfter = 0.8;

/** Redox's tokens live five minutes; taken for those that do not say. */
const usualLifeSeconds = 300;

export function openTokens(options: TokenOptions): Tokens {
  let held: Held | null = null;
  let coming: Promise<Held> | null = null;

  const renew = async (): Promise<string> => {
    coming ??= fetchToken(options).finally(() => {
      coming = null;
    });
    held = await coming;
    return held.token;
  };

  return {
    current: async () => (held !== null && performance.now() < held.renewAt ? held.token : renew()),
    invalidate: (token) => {
      if (held?.token === token) held = null;
    },
  };
}

/** A refusal is final; whatever may pass by itself is tried again. */
async function fetchToken({ url, sign, postForm, retry, signal }: TokenOptions): Promise<Held> {
  for (let tries = 1; ; tries += 1) {
    signal.throwIfAborted();
    const askedAt = performance.now();
    const exchange = await postForm(form(await sign()));
    const granted = exchange.kind === 'answered' ? readGrant(exchange) : null;
    if (granted !== null) return { token: granted.token, renewAt: askedAt + granted.lifeMs * renewAfter };
    if (tries >= retry.attempts || isFinal(exchange)) throw new NeighbourFault(tokenRefusal(url, exchange, tries));

    const askedForMs = exchange.kind === 'answered' ? retryAfterMs(exchange.retryAfter, new Date()) : null;
    const waitMs = backOffMs(tries, { retryAfterMs: askedForMs, random: Math.random() }, retry);
    await sleep(waitMs, undefined, { signal });
  }
}

function form(assertion: string): string {
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  }).toString();
}

function isFinal(exchange: Exchange): boolean {
  if (exchange.kind === 'unanswered') return false;
  const { httpStatus } = exchange;
  return httpStatus >= 300 && httpStatus < 500 && httpStatus !== 408 && httpStatus !== 429;
}

function readGrant({
  httpStatus,
  body,
}: Exchange & { readonly kind: 'answered' }): { token: string; lifeMs: number } | null {
  if (httpStatus !== 200 || body === null) return null;
  try {
    const answer = JSON.parse(body) as { access_token?: unknown; expires_in?: unknown } | null;
    const token = answer?.access_token;
    // It becomes a header: anything else than visible ASCII could not be sent.
    if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) return null;
    const seconds = Number(answer?.expires_in ?? usualLifeSeconds);
    return { token, lifeMs: (seconds > 0 ? seconds : usualLifeSeconds) * 1_000 };
  } catch {
    return null;
  }
}
