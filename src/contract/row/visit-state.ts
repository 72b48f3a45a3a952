/** Whether a visit is finished, and whether its times are possible. */
import { type FillerDates, isFillerDate, usualFillerDates } from '../../values/time/event-time.ts';
import { dateIn } from '../../values/time/wall-clock.ts';
import { nothing } from './row-checker.ts';

const statuses: ReadonlySet<string> = new Set(['planned', 'open', 'finished', 'cancelled']);

/** Some EHRs write such a word, or a filler date, for an open end. */
const hasEnd = (endedAt: string, fillerDates: FillerDates): boolean =>
  !noEnd.has(endedAt) && !endedAt.startsWith('9999-') && !isFillerDate(endedAt.slice(0, 10), fillerDates);

const noEnd: ReadonlySet<string> = new Set([nothing, '', 'infinity']);

/** A visit without a status is finished once it has ended; a status outside the contract is reported. */
export function stagedStatus(status: string, endedAt: string, fillerDates: FillerDates = usualFillerDates): string {
  if (status === nothing || status === '') return hasEnd(endedAt, fillerDates) ? 'finished' : 'open';
  return statuses.has(status) ? status : 'unreadable';
}

export type VisitFault = 'ends_before_start' | 'starts_in_future' | 'ends_before_birth' | 'no_times';

/**
 * A visit's times as its message has them: dates `YYYY-MM-DD`, instants in UTC; undefined if the row has no usable
 * value.
 */
export interface VisitTimes {
  readonly start: string | undefined;
  readonly end: string | undefined;
  /** The end lies before the start however the two are read. */
  readonly isContradictory: boolean;
}

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Finds visits with impossible times. Such a document would mislead clinicians elsewhere, so it is not pushed; Redox
 * keeps its current version, and every run checks the row again.
 *
 * `birthDate`: the patient's, undefined if unknown. `zone`: the EHR's. Callers pass finished visits only.
 */
export function visitFault(
  { start, end, isContradictory }: VisitTimes,
  birthDate: string | undefined,
  zone: string,
  now: Date,
): VisitFault | null {
  if (start === undefined && end === undefined) return 'no_times';
  if (isContradictory) return 'ends_before_start';
  // A visit with only an end is checked by it.
  const first = start ?? end;
  if (first !== undefined && startsLaterThan(first, zone, now.getTime() + dayMs)) return 'starts_in_future';
  const last = end ?? start;
  const isBeforeBirth = birthDate !== undefined && last !== undefined && dateOf(last, zone) < dayBefore(birthDate);
  return isBeforeBirth ? 'ends_before_birth' : null;
}

const isDate = (time: string): boolean => time.length === 'YYYY-MM-DD'.length;

const dateOf = (time: string, zone: string): string => (isDate(time) ? time : dateIn(zone, Date.parse(time)));

const startsLaterThan = (start: string, zone: string, limitMs: number): boolean =>
  isDate(start) ? start > dateIn(zone, limitMs) : Date.parse(start) > limitMs;

/** A child born abroad shortly after midnight may have a birth date one day ahead. */
const dayBefore = (date: string): string =>
  new Date(Date.parse(`${date}T00:00:00.000Z`) - dayMs).toISOString().slice(0, 10);
