import { codedColumns } from '../contract/section/column.ts';
import type { Row } from '../contract/section/rows.ts';
import {
  readCalendarDate,
  readEventPeriod,
  readEventTime,
  type Calendar,
  type Tense,
} from '../values/time/event-time.ts';
import type { Finding, Reading } from '../values/reading.ts';
import { wallClockIn } from '../values/time/wall-clock.ts';
import { readCodeSystem } from './code-system.ts';

/**
 * Writes values as words, for the text of a section. Unreadable values appear as written. Filler dates and impossible
 * dates are omitted.
 */

/** `Penicillin V (RxNorm 7984)`; a name without a code stays as it is. */
export const wordedCode = (row: Row, prefix: string): string => {
  const columns = codedColumns(prefix);
  const name = trimmed(row, columns.name);
  const code = trimmed(row, columns.code);
  if (code === '') return name;
  const system = readCodeSystem(trimmed(row, columns.system)).value;
  const coded = inOneLine([system?.name ?? system?.oid ?? '', code], ' ');
  return name === '' ? coded : `${name} (${coded})`;
};

/** An instant as the clinic's clock showed it, or the date; any other text stays as it is. */
export const wordedTime = (row: Row, column: string, calendar: Calendar, tense?: Tense): string => {
  const text = trimmed(row, column);
  return text === '' ? '' : worded(readEventTime(text, calendar, tense), text, calendar);
};

export const wordedDate = (row: Row, column: string, calendar: Calendar, tense?: Tense): string => {
  const text = trimmed(row, column);
  return text === '' ? '' : worded(readCalendarDate(text, calendar, tense), text, calendar);
};

/** The end of a period. If it lies in the hour that occurs twice when daylight saving ends, the start decides between the two. */
export const wordedEnd = (row: Row, column: string, startColumn: string, calendar: Calendar, tense?: Tense): string => {
  const start = trimmed(row, startColumn);
  const text = trimmed(row, column);
  if (start === '' || text === '') return wordedTime(row, column, calendar, tense);
  return worded(readEventPeriod(start, text, calendar, tense).end, text, calendar);
};

const worded = ({ value, problems }: Reading<string>, text: string, { ehrTimeZone }: Calendar): string => {
  if (value !== undefined) return value.length === 24 ? wallClockIn(ehrTimeZone, Date.parse(value)) : value;
  return problems.some((problem) => noValue.has(problem)) ? '' : text;
};

const noValue: ReadonlySet<Finding['problem']> = new Set(['filler_date', 'impossible_date']);

export const inOneLine = (texts: readonly (string | undefined)[], separator: string): string =>
  texts.filter((text) => text !== undefined && text !== '').join(separator);

const trimmed = (row: Row, column: string): string => row[column]?.trim() ?? '';
