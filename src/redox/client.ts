import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { bounded } from '../async/bounded.ts';
import type { Attempt, Delivery } from '../decide/call.ts';
import { NeighbourFault } from '../fault.ts';
import type { JsonObject } from '../json.ts';
import { verdictOf, outcomeOf, type Exchange } from '../decide/outcome.ts';
import { backOffMs, defaultRetryPolicy, retryAfterMs, retryWaitMs } from '../decide/redox/failure.ts';
import { maskText } from './mask.ts';
import { openTransport, type RatedOptions } from './transport.ts';
import { notNow } from './post.ts';
import { openRate, type Permit } from './rate.ts';
import { atSharedRate } from './shared-rate.ts';

export interface RedoxClientOptions extends RatedOptions {
  readonly concurrency: number;
  /** Its abort also aborts the POSTs in flight, and their outcome is unknown. */
  readonly cutOff?: AbortSignal;
}

/** Proof that this process alone may send now. It ages, and a stale proof sends nothing. */
export interface Proof {
  isFresh(): boolean;
  /** Rejects if the proof is unobtainable. */
  renew(): Promise<void>;
}

export interface RedoxClient {
  /**
   * Sends one message, given as the bytes of its JSON. Every retry sends the same bytes on a fresh proof. A failed delivery is an outcome.
   * `not_started`: the signal came before the first POST, so the call can be put back. Rejects with a NeighbourFault
   * only before the first POST, for lack of a token or a proof.
   */
  send(body: Buffer, proof: Proof): Promise<Delivery | 'not_started'>;
  /** How long the calls that wait for the rate use it up; 0 if none waits. */
  busyMs(): number;
  close(): Promise<void>;
}

/**
 * How often in a row a proof may be stale when its POST could leave. Each time lasted as long as a proof, or met a slow connection.
 */
const mostStaleProofs = 20;

/** One POST of a call, and the wait from `Retry-After`. */
interface Try {
  readonly attempt: Attempt;
  readonly retryAfterMs: number | null;
}

/** A slot of `bounded` is a POST in flight; waits for the rate, a token or the next try happen outside it. */
export function openRedox(options: RedoxClientOptions): RedoxClient {
  const { signal, cutOff = AbortSignal.any([]), shared = null } = options;
  // Every waiting call adds a listener; Node reports more than ten as a leak.
  setMaxListeners(0, signal, cutOff);
  const policy = { ...defaultRetryPolicy, ...options.retry };
  const transport = openTransport({ ...options, cutOff }, policy);
  const slot = bounded(options.concurrency, signal);
  const rate = openRate({ limit: options.rateLimit, earlierAgesMs: options.earlierAgesMs, signal });

  const tryOnce = async (body: Buffer, afterUnauthorized: boolean, proof: Proof): Promise<Try> => {
    const permit = await rate.take();
    let startedAt: Date | undefined;
    // Connecting takes time, so the proof is checked again just before the first byte.
    const postOnProof = async (token: string): Promise<Exchange> => {
      for (let stale = 0; stale < mostStaleProofs; stale += 1) {
        const exchange = await atSharedRate(shared, policy, async (mayLeave) => {
          if (!proof.isFresh()) await proof.renew();
          startedAt = new Date();
          return transport.post(body, token, () => proof.isFresh() && mayLeave());
        });
        if (exchange.kind === 'answered' || exchange.errorCode !== notNow) return exchange;
        startedAt = undefined;
        signal.throwIfAborted();
      }
      throw tooSlow();
    };
    try {
      const token = await transport.token();
      // Not earlier, so that a call which waits for the rate counts as planned, and its proof is young. A shared rate is waited for in the slot.
      if (shared === null && !proof.isFresh()) await proof.renew();
      const exchange = await slot(() => postOnProof(token));
      const made = tryOf(body, exchange, startedAt ?? new Date());
      release(permit, made);
      // Only the first 401 of a call drops the token, so that one bad call does not renew it for all.
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

  const deliver = async (body: Buffer, proof: Proof, attempts: Attempt[]): Promise<void> => {
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
    busyMs: () => rate.busyMs(),
    close: () => transport.close(),
  };
}

const tooSlow = (): NeighbourFault =>
  new NeighbourFault(
    `Delivery was stopped: ${mostStaleProofs} times in a row it took longer than two seconds from a commit in the ledger to the first byte ` +
      'of a call to Redox, so it is uncertain whether this run still held the ledger’s lock. Check whether the ledger, this machine or ' +
      'the way to Redox is overloaded. Nothing is lost: the next run continues.',
  );

/** Waits reject with the signal's reason; Node wraps it in an AbortError. */
const isStop = (error: unknown, { aborted, reason }: AbortSignal): boolean =>
  aborted && (error === reason || (error instanceof Error && error.cause === reason));

function tryOf(body: Buffer, exchange: Exchange, startedAt: Date): Try {
  const finishedAt = new Date();
  const { answer, ...verdict } = verdictOf(exchange);
  const isAnswered = exchange.kind === 'answered';
  return {
    attempt: {
      startedAt,
      finishedAt,
      ...verdict,
      httpStatus: isAnswered ? exchange.httpStatus : null,
      redoxLogId: keptLogId(body, verdict.redoxLogId),
      logId: keptLogId(body, verdict.logId),
      detail: answer === null ? null : masked(answer, body),
    },
    retryAfterMs: isAnswered ? retryAfterMs(exchange.retryAfter, finishedAt) : null,
  };
}

/** The message is parsed again only if Redox returned a text about it, because few answers have one. */
const masked = (text: string, body: Buffer): string => maskText(text, JSON.parse(body.toString()) as JsonObject);

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** A UUID, or a number (older answers) absent from the message: any other form could repeat a patient's value. */
function keptLogId(body: Buffer, id: string | null): string | null {
  if (id === null || uuid.test(id)) return id;
  return /^\d{1,19}$/.test(id) && !body.toString().replaceAll(/\D+/g, '').includes(id) ? id : null;
}
