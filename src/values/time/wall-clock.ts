import { IANAZone } from 'luxon';
import type { Problem } from '../reading.ts';

/** The instants at which a clock can have shown one reading. */
interface Occurrences {
  /** One or more, earliest first. */
  readonly instants: readonly number[];
  readonly problem: Extract<Problem, 'ambiguous_time' | 'missing_time'> | undefined;
}

/**
 * When a clock in `zone` showed `wallMs` (the reading taken as if it were UTC).
 *
 * An hour that repeats in autumn has two answers. An hour that is skipped in spring has none, and moves forward by the
 * gap.
 *
 * This is computed here because luxon starts from today's offset when it converts a local time: the same row would give
 * one instant in summer and another in winter. The offset at a given instant, which is all that is queried here, is
 * independent of today's date and of the process's zone.
 */
export const occurrencesOf = (wallMs: number, zone: string): Occurrences => {
  const before = offsetMs(zone, wallMs - farthestOffsetMs);
  const after = offsetMs(zone, wallMs + farthestOffsetMs);
  if (before === after && offsetMs(zone, wallMs - before) === before) {
    return { instants: [wallMs - before], problem: undefined };
  }
  const instants = [...new Set([before, after])]
    .map((offset) => wallMs - offset)
    .filter((ms) => ms + offsetMs(zone, ms) === wallMs)
    .toSorted((a, b) => a - b);
  if (instants.length === 0) return { instants: [wallMs - before], problem: 'missing_time' };
  return { instants, problem: instants.length > 1 ? 'ambiguous_time' : undefined };
};

/** What a clock in `zone` shows at this instant, as if it were UTC. */
export const wallMsIn = (zone: string, ms: number): number => ms + offsetMs(zone, ms);

/** The date that a calendar in `zone` shows at this instant: `2023-01-27`. */
export const dateIn = (zone: string, ms: number): string => new Date(wallMsIn(zone, ms)).toISOString().slice(0, 10);

/** What a clock in `zone` shows at this instant, to the minute, with its offset: `2023-01-27 11:17 -05:00`. */
export const wallClockIn = (zone: string, ms: number): string => {
  const offset = offsetMs(zone, ms);
  const minutes = Math.round(Math.abs(offset) / 60_000);
  const [hour, minute] = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'));
  const shown = new Date(ms + offset).toISOString().slice(0, 16).replace('T', ' ');
  return `${shown} ${offset < 0 ? '-' : '+'}${hour ?? ''}:${minute ?? ''}`;
};

/**
 * The farthest clock from UTC was Manila's until 1844, at -15:56, so the instant lies within this distance. In the tz
 * database, two changes of a zone's offset are always at least two days apart (checked from 1880 to 2037), so at most
 * two offsets are possible: the one before and the one after.
 */
const farthestOffsetMs = 16 * 60 * 60 * 1000;

/**
 * East is positive. luxon formats a date for every query, which is the most expensive function in a delivery's profile.
 * A day that begins and ends with one offset has that offset throughout (see above), so it is queried once per day and
 * zone.
 */
function offsetMs(zone: string, ms: number): number {
  const day = Math.floor(ms / dayMs);
  return offsetOfDay(zone, day) ?? askedOffsetMs(zone, ms);
}

const dayMs = 24 * 60 * 60 * 1000;
/** Two hundred years of days. */
const keptDays = 73_000;
const offsetsOfDays = new Map<string, Map<number, number | null>>();

/** The offset of a whole day of UTC; null if it changes on that day. */
function offsetOfDay(zone: string, day: number): number | null {
  let days = offsetsOfDays.get(zone);
  if (days === undefined || days.size >= keptDays) offsetsOfDays.set(zone, (days = new Map<number, number | null>()));
  let offset = days.get(day);
  if (offset === undefined) {
    const begin = askedOffsetMs(zone, day * dayMs);
    offset = begin === askedOffsetMs(zone, (day + 1) * dayMs) ? begin : null;
    days.set(day, offset);
  }
  return offset;
}

/** luxon returns minutes, with a fraction for the local mean times before standard time. */
const askedOffsetMs = (zone: string, ms: number): number => Math.round(IANAZone.create(zone).offset(ms) * 60_000);
