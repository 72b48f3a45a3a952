import type { RateLimit } from '../config/config.ts';

/**
 * Limits the rate: at most `calls` POSTs in any rolling `windowMs`, counted as Redox counts them.
 *
 * A POST holds a permit from before it leaves until its answer, and counts for a whole window after that. So the limit holds at
 * Redox too, whenever the POST arrived. A bucket of a second and a half spreads the window's allowance, and what waits leaves together once
 * a second. First come, first served.
 */
export interface Rate {
  /** Resolves when a POST may leave. */
  take(): Promise<Permit>;
  /** How long the waiting calls use up the rate; 0 without a limit. */
  busyMs(): number;
}

/** Ends exactly once, by one of these. */
export interface Permit {
  /** The POST ended. */
  spend(): void;
  /** The POST never left. */
  giveBack(): void;
  /**
   * Redox refused the POST for its rate: all calls wait, longer after each refusal in a row. Redox's window passes in minutes, so
   * few calls run out of tries.
   */
  refuse(waitMsAfter: (timesInARow: number) => number): void;
}

interface RateOptions {
  readonly limit: RateLimit | null;
  /** When POSTs of earlier runs ended, in milliseconds before now: they count too. */
  readonly earlierAgesMs: readonly number[];
  /** Its abort rejects all waiting and later calls. */
  readonly signal: AbortSignal;
}

interface Waiter {
  readonly go: (permit: Permit) => void;
  readonly stop: (reason: unknown) => void;
}

export function openRate({ limit, earlierAgesMs, signal }: RateOptions): Rate {
  const pace = limit === null ? null : paceOf(limit, earlierAgesMs);
  let pausedUntil = 0;
  let refusalsInARow = 0;
  let waiters: Waiter[] = [];
  let timer: NodeJS.Timeout | undefined;

  const waitMs = (now: number): number => Math.max(pausedUntil - now, pace?.waitMs(now) ?? 0);

  /** After a refusal the calls of a window leave one by one. */
  const togetherMs = (now: number): number =>
    pausedUntil > 0 && now < pausedUntil + (limit?.windowMs ?? 0) ? 0 : (pace?.togetherMs ?? 0);

  const issue = (takenAt: number): Permit => {
    pace?.hold(takenAt);
    return {
      spend: () => {
        refusalsInARow = 0;
        pace?.spend(performance.now());
        // The next call leaves no earlier for this, unless it waits for a permit.
        if (timer === undefined) serve();
      },
      giveBack: () => {
        pace?.giveBack();
        serve();
      },
      refuse: (waitMsAfter) => {
        // Refusals of calls that were in flight together count as one.
        if (takenAt >= pausedUntil) refusalsInARow += 1;
        const now = performance.now();
        pausedUntil = Math.max(pausedUntil, now + waitMsAfter(Math.max(1, refusalsInARow)));
        pace?.spend(now);
        pace?.empty(pausedUntil);
        serve();
      },
    };
  };

  /** Releases the calls that may leave, in order, and sets the timer for the next. */
  const serve = (): void => {
    clearTimeout(timer);
    timer = undefined;
    let served = 0;
    for (const waiter of waiters) {
      const now = performance.now();
      const nextMs = waitMs(now);
      if (nextMs > 0) {
        // All permits are out: the next one that ends calls this again.
        if (nextMs !== Infinity) timer = setTimeout(serve, Math.max(togetherMs(now), Math.ceil(nextMs)));
        break;
      }
      waiter.go(issue(now));
      served += 1;
    }
    if (served > 0) waiters = waiters.slice(served);
  };

  signal.addEventListener(
    'abort',
    () => {
      clearTimeout(timer);
      for (const waiter of waiters) waiter.stop(signal.reason);
      waiters = [];
    },
    { once: true },
  );

  return {
    take: async () => {
      signal.throwIfAborted();
      const now = performance.now();
      if (waiters.length === 0 && waitMs(now) <= 0) return issue(now);
      return new Promise<Permit>((go, stop) => {
        waiters.push({ go, stop });
        if (waiters.length === 1) serve();
      });
    },
    busyMs: () => waiters.length * (pace?.spacingMs ?? 0),
  };
}

/** What this time is worth may leave together: more than `usualTogetherMs`, because a timer may be late. */
const burstMs = 1_500;
/** What waits is served so often: a process that wakes for each call by itself takes a third more CPU. */
const usualTogetherMs = 1_000;

interface Pace {
  readonly spacingMs: number;
  /** Who waits longer for company leaves time of the rate unused. */
  readonly togetherMs: number;
  waitMs(now: number): number;
  hold(now: number): void;
  spend(now: number): void;
  giveBack(): void;
  /** After `at` calls go out one by one, not as a burst. */
  empty(at: number): void;
}

/** The rolling window (a hard limit) and the spacing of the calls within it (a courtesy). */
function paceOf({ calls, windowMs }: RateLimit, earlierAgesMs: readonly number[]): Pace {
  const spacingMs = windowMs / calls;
  const allowanceMs = Math.max(0, burstMs - spacingMs);
  const spent = pastOf(earlierAgesMs, windowMs);
  let reserved = 0;
  /** When the next call would leave at even spacing. */
  let nextAt = -Infinity;

  const windowWaitMs = (now: number): number => {
    spent.dropBefore(now - windowMs);
    if (reserved + spent.count() < calls) return 0;
    if (reserved >= calls) return Infinity;
    // The call that has to leave the window before one more fits. It must be strictly older than the window, hence the 1.
    return spent.at(reserved + spent.count() - calls) + windowMs + 1 - now;
  };

  return {
    spacingMs,
    togetherMs: Math.min(usualTogetherMs, allowanceMs),
    waitMs: (now) => Math.max(windowWaitMs(now), nextAt - allowanceMs - now),
    hold: (now) => {
      reserved += 1;
      nextAt = Math.max(now, nextAt) + spacingMs;
    },
    spend: (now) => {
      reserved -= 1;
      spent.add(now);
    },
    giveBack: () => {
      reserved -= 1;
      nextAt -= spacingMs;
    },
    empty: (at) => {
      nextAt = Math.max(nextAt, at + allowanceMs);
    },
  };
}

interface Past {
  add(at: number): void;
  dropBefore(at: number): void;
  count(): number;
  at(index: number): number;
}

/** Times in ascending order; the oldest leave first. */
function pastOf(agesMs: readonly number[], windowMs: number): Past {
  const now = performance.now();
  // After a clock was set back, an earlier call can be in the future: it counts from now.
  let times = agesMs.filter((ageMs) => ageMs <= windowMs).map((ageMs) => now - Math.max(0, ageMs));
  times.sort((a, b) => a - b);
  let first = 0;

  return {
    add: (at) => times.push(at),
    dropBefore: (at) => {
      while (first < times.length && (times[first] ?? at) < at) first += 1;
      if (first > times.length / 2) {
        times = times.slice(first);
        first = 0;
      }
    },
    count: () => times.length - first,
    at: (index) => times[first + index] ?? 0,
  };
}
