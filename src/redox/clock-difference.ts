/** Beyond this a clock is wrong, and not just an answer slow. */
export const clockToleranceMs = 60_000;

/**
 * How far Redox's clock is ahead of ours, by the `Date` header of an answer (RFC 9110 §6.6.1), in milliseconds; null where it is
 * none. The header says the second in which the answer was made: its middle is the best guess.
 */
export function aheadOf(date: string, nowMs: number): number | null {
  const ms = Date.parse(date);
  return Number.isNaN(ms) ? null : ms + 500 - nowMs;
}

/** As a person says it, of this machine's clock: `5 minutes behind Redox's`. */
export function describeDifference(aheadMs: number): string {
  const minutes = Math.abs(aheadMs) / 60_000;
  const size = minutes < 2 ? `${Math.round(minutes * 60)} seconds` : `${Math.round(minutes)} minutes`;
  return `${size} ${aheadMs > 0 ? 'behind' : 'ahead of'} Redox’s`;
}
