import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { bounded } from '../async/bounded.ts';
import type { RateLimit, RedoxCredentials } from '../config/config.ts';
import type { Attempt, Delivery } from '../decide/call.ts';
import { NeighbourFault } from '../fault.ts';
import type { JsonObject } from '../json.ts';
import { verdictOf, outcomeOf, type Exchange } from '../decide/outcome.ts';
import { backOffMs, defaultRetryPolicy, retryAfterMs, retryWaitMs, type RetryPolicy } from '../decide/retry.ts';
import type { WayOut } from '../network/way-out.ts';
import { maskText } from './mask.ts';
import { openTransport } from './transport.ts';
import { notNow } from './post.ts';
import { openRate, type Permit } from './rate.ts';

export interface RedoxClientOptions {
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly credentials: RedoxCredentials;
  readonly sourceId: string | null;
  readonly callTimeoutMs: number;
  readonly rateLimit: RateLimit | null;
  /** POSTs under way, at most. */
  readonly concurrency: number;
  /** Not given: as the environment of the process says. */
  readonly wayOut?: WayOut;
  /** How long ago POSTs of earlier runs ended, those of the last window at least: they count against the rate. */
  readonly earlierAgesMs: readonly number[];
  /** Told with each token how far Redox's clock is ahead of ours, in milliseconds. */
  readonly onClock?: (aheadMs: number) => void;
  readonly retry?: Partial<RetryPolicy>;
  /** Once aborted, no POST starts; those under way are finished. */
  readonly signal: AbortSignal;
  /** Once aborted, those under way are broken off: nobody knows whether Redox has them. Not given: they have their time. */
  readonly cutOff?: AbortSignal;
}

/** Proof that this process, and no other, may send now. It ages, and no POST leaves on a stale one. */
export interface Proof {
  isFresh(): boolean;
  /** Rejects where the proof cannot be had. */
  renew(): Promise<void>;
}

export interface RedoxClient {
  /**
   * Sends one message, which is given as JSON, tried again where that makes sense, the same bytes each time, each try on a fresh
   * proof. A failed delivery is an outcome.
   * `not_started`: the signal came before the first POST, so nothing left and the call can be put back. Rejects with a
   * NeighbourFault only where there is no token or no proof, and no POST of this call was made.
   */
  send(body: string, proof: Proof): Promise<Delivery | 'not_started'>;
  /** Lets the POSTs under way finish. */
  close(): Promise<void>;
}

/**
 * So often in a row a proof may be stale when its POST could leave. Each time took the seconds that a proof lasts, or a connection that
 * was slow to come about.
 */
const mostStaleProofs = 20;

/** One POST of a call, and how long `Retry-After` asks to wait. */
interface Try {
  readonly attempt: Attempt;
  readonly retryAfterMs: number | null;
}

/** A slot of `bounded` is a POST under way: waiting for the rate, a token or the next try happens outside it. */
export function openRedox(options: RedoxClientOptions): RedoxClient {
  const { signal, cutOff = AbortSignal.any([]) } = options;
  // Every call that waits listens to them; Node takes more than ten listeners for a leak.
  setMaxListeners(0, signal, cutOff);
  const policy = { ...defaultRetryPolicy, ...options.retry };
  const transport = openTransport({ ...options, cutOff }, policy);
  const slot = bounded(options.concurrency, signal);
  const rate = openRate({ limit: options.rateLimit, earlierAgesMs: options.earlierAgesMs, signal });

  const tryOnce = async (body: string, afterUnauthorized: boolean, proof: Proof): Promise<Try> => {
    const permit = await rate.take();
    let startedAt: Date | undefined;
    // Connecting takes time, so the proof is looked at again as the first byte is to leave.
    const postOnProof = async (token: string): Promise<Exchange> => {
      for (let stale = 0; stale < mostStaleProofs; stale += 1) {
        if (!proof.isFresh()) await proof.renew();
        startedAt = new Date();
        const exchange = await transport.post(body, token, () => proof.isFresh());
        if (exchange.kind === 'answered' || exchange.errorCode !== notNow) return exchange;
        startedAt = undefined;
        signal.throwIfAborted();
      }
      throw tooSlow();
    };
    try {
      const token = await transport.token();
      const exchange = await slot(() => postOnProof(token));
      const made = tryOf(body, exchange, startedAt ?? new Date());
      release(permit, made);
      // Only the first 401 of a call blames the token: a call that Redox never likes must not cost everybody theirs.
      if (made.attempt.httpStatus === 401 && !afterUnauthorized) transport.forget(token);
      return made;
    } catch (error) {
      if (startedAt === undefined) permit.giveBack();
      else permit.spend();
      throw error;
    }
  };

  const release = (permit: Permit, { attempt, retryAfterMs }: Try): void => {
    if (attempt.httpStatus !== 429) permit.spend();
    else permit.refuse((times) => backOffMs(times, { retryAfterMs, random: Math.random() }, policy));
  };

  const deliver = async (body: string, proof: Proof, attempts: Attempt[]): Promise<void> => {
    for (;;) {
      const { attempt, retryAfterMs } = await tryOnce(body, attempts.at(-1)?.httpStatus === 401, proof);
      attempts.push(attempt);
      const waitMs = retryWaitMs(attempts, { retryAfterMs, random: Math.random() }, policy);
      if (waitMs === null) return;
      if (waitMs > 0) await sleep(waitMs, undefined, { signal });
    }
  };

  return {
    send: async (body, proof) => {
      const attempts: Attempt[] = [];
      try {
        await deliver(body, proof, attempts);
      } catch (error) {
        const noMoreTries = isStop(error, signal) || (error instanceof NeighbourFault && attempts.length > 0);
        if (!noMoreTries) throw error;
      }
      return attempts.length === 0 ? 'not_started' : { outcome: outcomeOf(attempts), attempts };
    },
    close: () => transport.close(),
  };
}

const tooSlow = (): NeighbourFault =>
  new NeighbourFault(
    `Delivery was stopped: ${mostStaleProofs} times in a row it took longer than two seconds from a commit in the ledger to the first byte ` +
      'of a call to Redox, so nobody could be certain that this run still held the ledger’s lock. See whether the ledger, this machine or ' +
      'the way to Redox is overloaded. Nothing is lost: the next run goes on.',
  );

/** Waits reject with the signal's reason, those of Node with an AbortError that carries it. */
const isStop = (error: unknown, { aborted, reason }: AbortSignal): boolean =>
  aborted && (error === reason || (error instanceof Error && error.cause === reason));

function tryOf(body: string, exchange: Exchange, startedAt: Date): Try {
  const finishedAt = new Date();
  const { answer, ...verdict } = verdictOf(exchange);
  const isAnswered = exchange.kind === 'answered';
  return {
    attempt: {
      startedAt,
      finishedAt,
      ...verdict,
      httpStatus: isAnswered ? exchange.httpStatus : null,
      redoxLogId: verdict.redoxLogId === null ? null : keptLogId(body, verdict.redoxLogId),
      detail: answer === null ? null : masked(answer, body),
    },
    retryAfterMs: isAnswered ? retryAfterMs(exchange.retryAfter, finishedAt) : null,
  };
}

/** The message is read again only where something is said of it: thousands are under way, and few are. */
const masked = (text: string, body: string): string => maskText(text, JSON.parse(body) as JsonObject);

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** A UUID, or a number as in older answers that is not in the message: any other form could repeat a value of it. */
function keptLogId(body: string, id: string): string | null {
  if (uuid.test(id)) return id;
  return /^\d{1,19}$/.test(id) && !body.replaceAll(/\D+/g, '').includes(id) ? id : null;
}
