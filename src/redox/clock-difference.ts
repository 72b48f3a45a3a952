/** A larger difference means a wrong clock rather than a slow answer. */
export const clockToleranceMs = 60_000;

/**
 * How far Redox's clock is ahead of ours, in milliseconds, by an answer's `Date` header (RFC 9110 §6.6.1); null if that is invalid.
 * The header has whole seconds, so the middle of the second is the best guess.
 */
export function aheadOf(date: string, nowMs: number): number | null {
  const ms = Date.parse(date);
  return Number.isNaN(ms) ? null : ms + 500 - nowMs;
}

/** For people, about this machine's clock: `5 minutes behind Redox's`. */
export function describeDifference(aheadMs: number): string {
  const minutes = Math.abs(aheadMs) / 60_000;
  const size = minutes < 2 ? `${Math.round(minutes * 60)} seconds` : `${Math.round(minutes)} minutes`;
  return `${size} ${aheadMs > 0 ? 'behind' : 'ahead of'} Redox’s`;
}
