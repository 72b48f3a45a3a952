/** Redox refuses the tokens of a machine whose clock is further ahead. */
const toleranceMs = 10_000;

/** How far our clock is ahead of another one, at least; below 0 it is behind. The other one was read between two readings of ours. */
export function clockAheadMs(before: number, other: number, after: number): number {
  if (before > other) return before - other;
  return after < other ? after - other : 0;
}

export const isClockWrong = (aheadMs: number): boolean => Math.abs(aheadMs) > toleranceMs;
