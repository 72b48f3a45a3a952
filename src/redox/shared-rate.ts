import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange } from '../decide/outcome.ts';
import { backOffMs, retryAfterMs, type RetryPolicy } from '../decide/redox/failure.ts';
import { notNow } from './post.ts';

/** Calls that this process may start, of a rate that it shares with others. */
export interface Lease {
  readonly id: number;
  readonly calls: number;
  /** No call of it starts after this, by `performance.now()`. */
  readonly until: number;
}

/** The one place that counts for all processes behind a client address. */
export interface LeaseSource {
  /** A lease of at most this many calls, or how long to wait. Rejects with a Fault where it has been away for too long. */
  take(calls: number): Promise<Lease | { readonly waitMs: number }>;
  /** All calls of the lease have ended; `calls` were made. */
  give(lease: Lease, calls: number): Promise<void>;
  /** Redox refused a call for its rate. */
  pause(forMs: number): Promise<void>;
  close(): Promise<void>;
}

/** Allows one request. Ends exactly once, by one of the last three. */
export interface Unit {
  /** False if the lease has run out before the POST left. */
  readonly mayLeave: () => boolean;
  /** The POST ended. */
  readonly spend: () => void;
  /** The POST never left. */
  readonly giveBack: () => void;
  /** The POST ended with a refusal for the rate. */
  readonly refuse: (waitMs: number) => void;
}

const freeUnit: Unit = {
  mayLeave: () => true,
  spend: () => undefined,
  giveBack: () => undefined,
  refuse: () => undefined,
};

/** A rate shared by several processes, counted from the end of a call as in `rate.ts`. */
export interface SharedRate {
  /** Resolves when a POST may leave. First come, first served. */
  take(): Promise<Unit>;
  close(): Promise<void>;
}

/** Makes one request at the shared rate. A refusal for the rate stops every process behind the address. */
export async function atSharedRate(
  shared: SharedRate | null,
  retry: RetryPolicy,
  request: (mayLeave: () => boolean) => Promise<Exchange>,
): Promise<Exchange> {
  const unit = (await shared?.take()) ?? freeUnit;
  const exchange = await request(unit.mayLeave).catch((error: unknown) => {
    unit.spend();
    throw error;
  });
  if (exchange.kind === 'unanswered' && exchange.errorCode === notNow) unit.giveBack();
  else if (exchange.kind === 'answered' && exchange.httpStatus === 429) {
    const askedForMs = retryAfterMs(exchange.retryAfter, new Date());
    unit.refuse(backOffMs(1, { retryAfterMs: askedForMs, random: Math.random() }, retry));
  } else unit.spend();
  return exchange;
}

interface Held {
  readonly lease: Lease;
  left: number;
  inUse: number;
  made: number;
  isGiven: boolean;
}

interface Waiter {
  readonly go: (unit: Unit) => void;
  readonly stop: (reason: unknown) => void;
}

const lastAnswerMs = 500;

/** With so small a share of the lease left, the next one is asked for. */
const shareLeft = 0.1;

export function openSharedRate(source: LeaseSource, signal: AbortSignal): SharedRate {
  const held = new Set<Held>();
  const giving = new Set<Promise<void>>();
  let waiters: Waiter[] = [];
  let asking: Promise<void> | null = null;
  let isClosed = false;
  let lastMade = 0;

  const usable = (): Held | undefined =>
    [...held].find(({ left, lease }) => left > 0 && performance.now() < lease.until);

  const settle = (one: Held): void => {
    const isOver = one.left === 0 || performance.now() >= one.lease.until;
    if (!isOver || one.inUse > 0 || one.isGiven) return;
    one.isGiven = true;
    held.delete(one);
    lastMade = one.made;
    // Without an answer the lease counts in full, as if this process had died.
    const given = source.give(one.lease, one.made).catch(() => undefined);
    giving.add(given);
    void given.finally(() => giving.delete(given));
  };

  const issue = (one: Held): Unit => {
    one.left -= 1;
    one.inUse += 1;
    one.made += 1;
    const end = (): void => {
      one.inUse -= 1;
      settle(one);
    };
    return {
      mayLeave: () => performance.now() < one.lease.until,
      spend: end,
      giveBack: () => {
        one.made -= 1;
        one.left += 1;
        end();
        serve();
      },
      refuse: (waitMs) => {
        source.pause(waitMs).catch(() => undefined);
        // What is left of the lease would be refused as well.
        for (const other of held) other.left = 0;
        end();
      },
    };
  };

  const serve = (): void => {
    for (let one = usable(); one !== undefined && waiters.length > 0; one = usable()) waiters.shift()?.go(issue(one));
    const left = [...held].reduce((sum, one) => sum + one.left, 0);
    const size = Math.max(0, ...[...held].map(({ lease }) => lease.calls));
    if (waiters.length > 0 || (size > 0 && left <= size * shareLeft)) ask();
  };

  const ask = (): void => {
    if (asking !== null || isClosed || signal.aborted) return;
    asking = askOnce().then(
      () => {
        asking = null;
        if (waiters.length > 0) serve();
      },
      (error: unknown) => {
        asking = null;
        for (const waiter of waiters) waiter.stop(error);
        waiters = [];
      },
    );
  };

  const askOnce = async (): Promise<void> => {
    const made = Math.max(lastMade, ...[...held].map((one) => one.made));
    const answer = await source.take(Math.max(1, waiters.length, 2 * made));
    if ('waitMs' in answer) {
      await sleep(answer.waitMs, undefined, { signal });
      return;
    }
    const one: Held = { lease: answer, left: isClosed ? 0 : answer.calls, inUse: 0, made: 0, isGiven: false };
    held.add(one);
    settle(one);
    setTimeout(
      () => {
        one.left = 0;
        settle(one);
      },
      Math.max(0, answer.until - performance.now()) + 1,
    ).unref();
    serve();
  };

  signal.addEventListener(
    'abort',
    () => {
      for (const waiter of waiters) waiter.stop(signal.reason);
      waiters = [];
    },
    { once: true },
  );

  return {
    take: () => {
      signal.throwIfAborted();
      return new Promise<Unit>((go, stop) => {
        waiters.push({ go, stop });
        serve();
      });
    },
    close: async () => {
      isClosed = true;
      for (const one of held) {
        one.left = 0;
        settle(one);
      }
      // A lease that is about to come is given back as well.
      await Promise.race([asking, sleep(lastAnswerMs)]);
      await Promise.all(giving);
      await source.close();
    },
  };
}
