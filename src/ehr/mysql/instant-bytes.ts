/**
 * `latestInstant` for the bytes of a DATETIME or TIMESTAMP. A scan does this for every row, and a Date costs more than reading the row. No
 * function here makes an array or another object a row.
 */
import { occurrencesOf } from '../../values/time/wall-clock.ts';

/** A day whose whole length has one offset of whole minutes. */
interface Day {
  readonly offsetMinutes: number;
  /** The dates of the day before, the day and the day after. */
  readonly dates: readonly [Buffer, Buffer, Buffer];
}

const minuteMs = 60_000;
const dayMinutes = 24 * 60;
const dayMs = dayMinutes * minuteMs;
/** Some thirty years. */
const keptDays = 10_000;

const [zero, minus, colon, blank, point, plus] = [0x30, 0x2d, 0x3a, 0x20, 0x2e, 0x2b] as const;
const secondsEnd = 'YYYY-MM-DD HH:MM:SS'.length;
const utc = Buffer.from('+00');

/** Longer than any instant that is written. */
export const longestInstant = 40;

export class InstantBytes {
  readonly #days: Days;
  readonly #daysOfUtc = new Days('UTC');

  constructor(zone: string) {
    this.#days = new Days(zone);
  }

  /** Writes the instant at `at` and returns its end; -1 for a text of another form, and on a day when the clocks change. */
  write(bytes: Buffer, from: number, to: number, out: Buffer, at: number): number {
    const isInstant = bytes[to - 3] === plus && bytes[to - 2] === zero && bytes[to - 1] === zero;
    const end = isInstant ? to - utc.length : to;
    const fractionEnd = fractionEndOf(bytes, from + secondsEnd, end);
    const date = dateNumber(bytes, from);
    const minutes = minutesOf(bytes, from);
    if (fractionEnd === -1 || date === -1 || minutes === -1) return -1;
    const day = (isInstant ? this.#daysOfUtc : this.#days).of(date);
    if (day === null) return -1;
    const shifted = minutes - day.offsetMinutes;
    const days = Math.floor(shifted / dayMinutes);
    const minute = shifted - days * dayMinutes;
    const written = day.dates[(days + 1) as 0 | 1 | 2];
    let place = copied(written, 0, written.length, out, at);
    out[place++] = blank;
    place = writeTwo(out, place, Math.floor(minute / 60));
    out[place++] = colon;
    place = writeTwo(out, place, minute % 60);
    // Seconds and fraction are the same in every zone.
    place = copied(bytes, from + secondsEnd - 3, fractionEnd, out, place);
    return copied(utc, 0, utc.length, out, place);
  }
}

class Days {
  readonly #zone: string;
  readonly #days = new Map<number, Day | null>();

  constructor(zone: string) {
    this.#zone = zone;
  }

  of(date: number): Day | null {
    const known = this.#days.get(date);
    if (known !== undefined) return known;
    if (this.#days.size >= keptDays) this.#days.clear();
    const day = dayOf(date, this.#zone);
    this.#days.set(date, day);
    return day;
  }
}

function dayOf(date: number, zone: string): Day | null {
  const digits = String(date);
  const text = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
  const midnight = Date.parse(`${text}T00:00:00Z`);
  // 30 February is the second of March to Date.
  if (Number.isNaN(midnight) || dateAt(midnight) !== text) return null;
  const offsets = [0, dayMs / 2, dayMs - minuteMs].map((ms) => onlyOffset(midnight + ms, zone));
  const [offset = null] = offsets;
  if (offset === null || offset % minuteMs !== 0 || offsets.some((other) => other !== offset)) return null;
  const dates = [midnight - dayMs, midnight, midnight + dayMs].map((ms) => Buffer.from(dateAt(ms)));
  return { offsetMinutes: offset / minuteMs, dates: dates as [Buffer, Buffer, Buffer] };
}

const dateAt = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Null if the clock shows this reading twice or never. */
function onlyOffset(wallMs: number, zone: string): number | null {
  const { instants, problem } = occurrencesOf(wallMs, zone);
  return problem === undefined ? wallMs - (instants[0] ?? Number.NaN) : null;
}

/** As fast as these few bytes can be copied; a call of Buffer's takes longer. Returns the end. */
function copied(bytes: Buffer, from: number, to: number, out: Buffer, at: number): number {
  let place = at;
  for (let next = from; next < to; next += 1) out[place++] = bytes[next] ?? 0;
  return place;
}

/** `2026-03-01` as 20260301; -1 if it is none of the years 1000 to 9998. */
function dateNumber(bytes: Buffer, from: number): number {
  if (bytes[from + 4] !== minus || bytes[from + 7] !== minus) return -1;
  const century = two(bytes, from);
  const year = two(bytes, from + 2);
  const month = two(bytes, from + 5);
  const day = two(bytes, from + 8);
  if (century < 10 || year === -1 || month === -1 || day === -1) return -1;
  const whole = century * 100 + year;
  return whole > 9998 ? -1 : whole * 10_000 + month * 100 + day;
}

/** The minute of the day of ` 16:17:47`; -1 if there is no such time. */
function minutesOf(bytes: Buffer, from: number): number {
  if (bytes[from + 10] !== blank || bytes[from + 13] !== colon || bytes[from + 16] !== colon) return -1;
  const hour = two(bytes, from + 11);
  const minute = two(bytes, from + 14);
  const second = two(bytes, from + 17);
  return hour === -1 || hour > 23 || minute === -1 || minute > 59 || second === -1 || second > 59
    ? -1
    : hour * 60 + minute;
}

/** Two digits as a number; -1 for anything else. */
function two(bytes: Buffer, at: number): number {
  const tens = (bytes[at] ?? 0) - zero;
  const ones = (bytes[at + 1] ?? 0) - zero;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
}

function writeTwo(out: Buffer, at: number, value: number): number {
  const tens = Math.floor(value / 10);
  out[at] = zero + tens;
  out[at + 1] = zero + value - 10 * tens;
  return at + 2;
}

/** Where a fraction of a second ends without its last zeros; -1 if something else is there. */
function fractionEndOf(bytes: Buffer, from: number, end: number): number {
  if (from === end) return end;
  if (end < from + 2 || end > from + 7 || bytes[from] !== point) return -1;
  let last = from;
  for (let at = from + 1; at < end; at += 1) {
    const digit = (bytes[at] ?? 0) - zero;
    if (digit < 0 || digit > 9) return -1;
    if (digit > 0) last = at + 1;
  }
  return last;
}
