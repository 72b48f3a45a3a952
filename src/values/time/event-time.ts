/**
 * Checks whether dates and times of the contract are plausible; `time.ts` parses them.
 *
 * Filler dates, and past events dated later than next year, are left out with a finding. Words for "nothing" are left
 * out without one.
 */
import { type Problem, leftOut, read, type Reading } from '../reading.ts';
import { firstOf, meaningsOf, periodOf, writtenIn, type Meaning, type Period, type Written } from './time.ts';
import { saysNothingOfWhen } from '../word.ts';
import { dateIn, occurrencesOf } from './wall-clock.ts';

/** The context of all dates and times: fixed for a run. */
export interface Calendar {
  /** IANA zone of the EHR's zoneless times. */
  readonly ehrTimeZone: string;
  /** The date in that zone, `YYYY-MM-DD`. */
  readonly today: string;
  readonly fillerDates: FillerDates;
}

/** `past`: it has happened, so it lies at most in the next year. `any`: a plan, an expiry, a due date. */
export type Tense = 'past' | 'any';

export const readEventTime = (text: string, calendar: Calendar, tense: Tense = 'past'): Reading<string> =>
  firstOf(eventMeanings(text, calendar, tense));

/** As `periodOf`; a missing start or end never contradicts the other. */
export const readEventPeriod = (
  start: string | undefined,
  end: string | undefined,
  calendar: Calendar,
  tense: Tense = 'past',
): Period =>
  periodOf(
    start === undefined ? leftOut() : eventMeanings(start, calendar, tense),
    end === undefined ? leftOut() : eventMeanings(end, calendar, tense),
  );

/**
 * A birth date, or a date of a contract: a calendar day, possibly written with a time.
 *
 * Without an offset, the date as written counts. With an offset, the day in the EHR's zone counts if the time is
 * midnight there, and the date as written if midnight is written; systems store dates in either way. Any other time
 * must fall on the same day on both clocks. Midnight UTC on another clock may mean this day or the one before:
 * `ambiguous_date`. A full hour other than noon is probably midnight in another zone, so the day is sent together with
 * that finding.
 */
export const readCalendarDate = (text: string, calendar: Calendar, tense: Tense = 'past'): Reading<string> => {
  const meanings = eventMeanings(text, calendar, tense);
  const written = writtenIn(text);
  if (meanings.value === undefined || written === undefined) return leftOut(...meanings.problems);
  const date = dayOf(written, calendar.ehrTimeZone);
  if (date === undefined) return leftOut('ambiguous_date');
  return isMidnightElsewhere(written, calendar.ehrTimeZone) ? read(date, 'ambiguous_date') : read(date);
};

const dayOf = (written: Written, zone: string): string | undefined => {
  if (written.kind === 'date') return written.date;
  if (written.kind === 'wall') {
    const isShownMidnight = occurrencesOf(written.wallMs, zone).instants.some(isMidnight);
    return isMidnight(written.wallMs) || !isShownMidnight ? written.date : undefined;
  }
  const local = dateIn(zone, written.ms);
  if (isMidnightIn(zone, written.ms)) return local;
  if (isMidnight(written.wallMs)) return written.date;
  return local === written.date && !isMidnight(written.ms) ? local : undefined;
};

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;
const noonMs = 12 * hourMs;

/** Programs store a date as noon so that no zone shifts it to another day. */
const isMidnightElsewhere = (written: Written, zone: string): boolean => {
  if (written.kind !== 'instant' || written.ms % hourMs !== 0) return false;
  const isNoon = written.ms % dayMs === noonMs || written.wallMs % dayMs === noonMs;
  return !isNoon && !isMidnight(written.wallMs) && !isMidnightIn(zone, written.ms);
};

const isMidnight = (ms: number): boolean => ms % dayMs === 0;

/** The first instant of its day: midnight, or the instant after the gap where the clocks skip midnight. */
const isMidnightIn = (zone: string, ms: number): boolean => dateIn(zone, ms - 1) !== dateIn(zone, ms);

interface Checked {
  calendar: Calendar | undefined;
  readonly past: Map<string, Reading<readonly Meaning[]>>;
  readonly any: Map<string, Reading<readonly Meaning[]>>;
}

/** A cache of recent texts, because a visit's rows repeat the same few times in coded parts and texts. */
const lately: Checked = { calendar: undefined, past: new Map(), any: new Map() };
const keptMeanings = 256;

const eventMeanings = (text: string, calendar: Calendar, tense: Tense): Reading<readonly Meaning[]> => {
  if (lately.calendar !== calendar || lately[tense].size >= keptMeanings) {
    lately.calendar = calendar;
    lately.past.clear();
    lately.any.clear();
  }
  const kept = lately[tense];
  let checked = kept.get(text);
  if (checked === undefined) kept.set(text, (checked = checkedMeanings(text, calendar, tense)));
  return checked;
};

const checkedMeanings = (text: string, calendar: Calendar, tense: Tense): Reading<readonly Meaning[]> => {
  const date = /^\s*(\d{4}-\d{2}-\d{2})(?!\d)/.exec(text)?.[1];
  if (date === undefined) return saysNothingOfWhen(text) ? leftOut() : leftOut('malformed');
  const objection = objectionTo(date, writtenIn(text), calendar, tense);
  return objection === undefined ? meaningsOf(text, calendar.ehrTimeZone) : leftOut(objection);
};

const objectionTo = (
  date: string,
  written: Written | undefined,
  { ehrTimeZone, today, fillerDates }: Calendar,
  tense: Tense,
): Problem | undefined => {
  const dates = written?.kind === 'instant' ? [date, dateIn(ehrTimeZone, written.ms)] : [date];
  const isRealDate = dates.some((day) => fillerDates.removed.includes(day));
  if (!isRealDate && dates.some((day) => isFillerDate(day, fillerDates))) return 'filler_date';
  if (written === undefined) return undefined;
  if (!fillerDates.removed.includes(unixZero) && isUnixZero(written, ehrTimeZone)) return 'filler_date';
  const year = Number(date.slice(0, 4));
  // A year 9999 means an open end.
  if (tense === 'any') return year === 9999 && !isRealDate ? 'filler_date' : undefined;
  return year > Number(today.slice(0, 4)) + 1 ? 'impossible_date' : undefined;
};

/** The days that some clock shows at Unix time zero. */
const besideUnixZero = /^19(?:69-12-31|70-01-0[12])$/;

/** Midnight on the written clock, or the instant itself on any clock. */
const isUnixZero = (written: Written, zone: string): boolean => {
  if (written.kind === 'date' || !besideUnixZero.test(written.date)) return false;
  if (written.date === unixZero && isMidnight(written.wallMs)) return true;
  return written.kind === 'instant' ? written.ms === 0 : occurrencesOf(written.wallMs, zone).instants.includes(0);
};

/** A site's changes to the list (`FILLER_DATES`); each date is `YYYY-MM-DD`. */
export interface FillerDates {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export const usualFillerDates: FillerDates = { added: [], removed: [] };

/** Dates that systems write for unknown dates, each with its origin. */
const listed: Readonly<Record<string, string>> = {
  '0000-00-00': "MySQL's zero date (MySQL manual, 13.2, date and time types)",
  '0001-01-01': 'DateTime.MinValue of .NET; the first date of SQL Server date and datetime2',
  '1601-01-01': 'FILETIME zero of Windows, Active Directory and LDAP',
  '1753-01-01': 'The first datetime of SQL Server',
  '1899-12-30': 'Zero of OLE Automation, Access, Delphi and Excel',
  '1899-12-31': 'Zero of spreadsheets that count from January 1900; 1 January 1900 of an eastern zone, in UTC',
  '1900-01-01': 'Zero of SQL Server datetime and smalldatetime; the result of casting an empty text to them',
  '9999-12-01': 'TPP SystmOne: no date of death (opensafely-core/cohort-extractor#263)',
  '9999-12-31': 'DateTime.MaxValue of .NET; the last date of SQL Server, Oracle and DB2: no end',
};

/**
 * Unix time zero: a filler as the instant itself or as midnight on a clock. The bare date is a real birthday, so it is
 * a filler only where a site adds it.
 */
export const unixZero = '1970-01-01';

export const isFillerDate = (date: string, { added, removed }: FillerDates): boolean =>
  added.includes(date) || (Object.hasOwn(listed, date) && !removed.includes(date));

export const listedFillerDates: readonly string[] = [...Object.keys(listed), unixZero].sort();
