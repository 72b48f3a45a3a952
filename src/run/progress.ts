import type { Run } from '../ledger/run/run.ts';
import type { Log } from '../log/log.ts';

/** The progress of a step, for a person at the terminal. */
export interface Progress {
  /** Adds to the number done. */
  readonly note: (count?: number) => void;
  /** The expected total; 0 if unknown. */
  readonly expect: (total: number) => void;
}

const tellEveryMs = 500;

/** Says it again and again until `end`. */
export function openProgress(log: Log, run: Run, step: string): Progress & { readonly end: () => void } {
  const startedAt = performance.now();
  let done = 0;
  let total: number | null = null;
  const timer = setInterval(() => {
    log('progress', { runId: run.id, step, done, total, ms: performance.now() - startedAt });
  }, tellEveryMs);
  return {
    note: (count = 1) => {
      done += count;
    },
    expect: (count) => {
      total = count > 0 ? count : null;
    },
    end: () => {
      clearInterval(timer);
    },
  };
}
