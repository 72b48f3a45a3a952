import pLimit from 'p-limit';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Runs work as soon as a slot is free, and hands on its result or its failure. */
type Bounded = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * At most `limit` pieces of work at a time, in the order in which they came. After the first failure, or once `signal` is
 * aborted, nothing new starts: what waits and what comes later is rejected with that failure or the signal's reason, while
 * what is under way runs to its end.
 *
 * p-limit alone would go on starting what is queued.
 */
export function bounded(limit: number, signal?: AbortSignal): Bounded {
  const slots = pLimit({ concurrency: limit, rejectOnClear: true });
  const over = new AbortController();

  const end = (reason: unknown): void => {
    over.abort(reason);
    slots.clearQueue();
  };
  if (signal?.aborted === true) end(signal.reason);
  signal?.addEventListener(
    'abort',
    () => {
      end(signal.reason);
    },
    { once: true },
  );

  return async <T>(work: () => Promise<T>): Promise<T> => {
    over.signal.throwIfAborted();
    let started = false as boolean;
    const start = async (): Promise<T> => {
      over.signal.throwIfAborted();
      started = true;
      try {
        return await work();
      } catch (error) {
        // This must happen here: p-limit gives the slot to the next work before its caller learns of the failure.
        end(error);
        throw error;
      }
    };
    try {
      return await slots(start);
    } catch (error) {
      // p-limit's own word for "cleared from the queue" says nothing; the reason does.
      throw started ? error : over.signal.reason;
    }
  };
}

/**
 * Yields to the event loop before each message, so that responses are handled between two messages. Otherwise sixteen simultaneous
 * answers would delay sending until sixteen messages are built.
 */
export function openTurns(): () => Promise<void> {
  const oneByOne = bounded(1);
  return () => oneByOne(() => nextTurn());
}
