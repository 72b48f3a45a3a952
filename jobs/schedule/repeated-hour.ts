import { type ClockShift, dayMs, horizonDays, nextShift, startsWithin } from './clock-shift.ts';

/**
 * The hour that occurs twice. When clocks move back, node-cron fires in only one of the two hours, and the zone decides in which. So the
 * starts within them are found here: a night starts once, in the first hour; a job that starts again and again through the day also starts
 * in the second.
 */

/** The next start in either of two hours; null if there is none within a year. */
export function nextInFold(expression: string, zone: string, after: Date): Date | null {
  for (let fold = nextFold(zone, after); fold !== null; fold = nextShift(zone, fold.at, 'back')) {
    if (fold.at.getTime() - after.getTime() > horizonDays * dayMs) return null;
    const next = startsIn(fold, expression, zone).find((start) => start > after);
    if (next !== undefined) return next;
  }
  return null;
}

/** Does the clock show this time twice that day? */
export function isInFold(zone: string, moment: Date): boolean {
  const fold = nextFold(zone, moment);
  if (fold === null) return false;
  return Math.abs(moment.getTime() - fold.at.getTime()) <= lengthOf(fold) && moment.getTime() < endOf(fold);
}

/** The current repeated hour, or the next. */
function nextFold(zone: string, after: Date): ClockShift | null {
  const fold = nextShift(zone, new Date(after.getTime() - dayMs), 'back');
  return fold === null || endOf(fold) > after.getTime() ? fold : nextShift(zone, after, 'back');
}

const lengthOf = ({ beforeMs, afterMs }: ClockShift): number => beforeMs - afterMs;
const endOf = (fold: ClockShift): number => fold.at.getTime() + lengthOf(fold);

/** A repetition within three hours is a rhythm; a start alone within three hours on either side is an appointment, as in cron. */
const rhythmMs = 3 * 3_600_000;

function startsIn(fold: ClockShift, expression: string, zone: string): Date[] {
  const [middle, end] = [fold.at.getTime(), endOf(fold)];
  const begin = middle - lengthOf(fold);
  const first = startsWithin(expression, zone, begin, middle);
  const isRhythm =
    first.length > 1 ||
    startsWithin(expression, zone, begin - rhythmMs, begin).length > 0 ||
    startsWithin(expression, zone, end, end + rhythmMs).length > 0;
  return isRhythm ? [...first, ...startsWithin(expression, zone, middle, end)] : first;
}
