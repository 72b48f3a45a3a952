import { dayMs, horizonDays, nextShift, startsWithin } from './clock-shift.ts';

/** A night in the hour that clocks skip. node-cron would skip the run at 02:15 too, so it starts when the clocks move. */
interface Gap {
  /** The moment at which the clocks move forward. */
  readonly at: Date;
  /** The skipped wall-clock times, from (included) and to (excluded), written as if they were UTC. */
  readonly fromWallMs: number;
  readonly toWallMs: number;
}

/** When the next run falls into a missing hour: the moment to make up for it; null if none does within a year. */
export function nextMakeUp(expression: string, zone: string, after: Date): Date | null {
  for (let gap = nextGap(zone, after); gap !== null; gap = nextGap(zone, gap.at)) {
    if (gap.at.getTime() - after.getTime() > horizonDays * dayMs) return null;
    if (isMissed(expression, zone, gap)) return gap.at;
  }
  return null;
}

/**
 * True if a start falls into the skipped hour, and none follows within the same time after it. A job that starts every quarter of an hour
 * simply continues.
 */
function isMissed(expression: string, zone: string, gap: Gap): boolean {
  const length = gap.toWallMs - gap.fromWallMs;
  return (
    startsWithin(expression, 'UTC', gap.fromWallMs, gap.toWallMs).length > 0 &&
    startsWithin(expression, zone, gap.at.getTime(), gap.at.getTime() + length).length === 0
  );
}

/** The next time the zone's clocks move forward after the given moment; null where they do not within the horizon. */
export function nextGap(zone: string, after: Date): Gap | null {
  const shift = nextShift(zone, after, 'forward');
  if (shift === null) return null;
  const at = shift.at.getTime();
  return { at: shift.at, fromWallMs: at + shift.beforeMs, toWallMs: at + shift.afterMs };
}
