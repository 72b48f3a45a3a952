/**
 * Visits whose times cannot be true. Pushed as they are, such a document misleads a clinician elsewhere, so it is not pushed; Redox keeps
 * the version that it has, and every run judges the row anew.
 */
import { dateIn } from '../../values/time/wall-clock.ts';

export type VisitFault = 'ends_before_start' | 'starts_in_future' | 'ends_before_birth' | 'no_times';

/** A visit as its message would say it: dates `YYYY-MM-DD`, instants in UTC; undefined where the row says nothing usable. */
export interface VisitTimes {
  readonly start: string | undefined;
  readonly end: string | undefined;
  /** The end lies before the start in every reading of the two. */
  readonly isContradictory: boolean;
}

const dayMs = 24 * 60 * 60 * 1000;

/** `birthDate`: of the patient, undefined where none is known. `zone`: of the EHR. Only finished visits are asked about. */
export function visitFault(
  { start, end, isContradictory }: VisitTimes,
  birthDate: string | undefined,
  zone: string,
  now: Date,
): VisitFault | null {
  if (start === undefined && end === undefined) return 'no_times';
  if (isContradictory) return 'ends_before_start';
  // Where only the end is known, it stands for the visit.
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

/** A child born abroad shortly after midnight may have a birth date that is a day ahead. */
const dayBefore = (date: string): string =>
  new Date(Date.parse(`${date}T00:00:00.000Z`) - dayMs).toISOString().slice(0, 10);
