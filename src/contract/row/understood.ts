/**
 * Tracks which columns of a patient's row this program understands: the match keys, sex and death. A column that turns
 * unreadable in many rows at once is a fault of the source, and only a count over all rows reveals it. The ledger
 * stores one bit per column.
 */
import type { PatientColumn } from '../contract.ts';
import { type Calendar, readCalendarDate } from '../../values/time/event-time.ts';
import type { Reading } from '../../values/reading.ts';
import type { ColumnReader } from './row-fault.ts';
import { readBoolean, saysNothingAsId } from '../../values/word.ts';
import { readCountry, isDomestic, readZip } from '../../values/contact/address.ts';
import { readSex } from '../../values/person/value-sets.ts';

/** Lowest bit first. The statement `count_unreadable_columns` uses the same order. */
export const watchedColumns = [
  'first_name',
  'last_name',
  'birth_date',
  'zip',
  'mrn',
  'sex',
  'deceased',
] as const satisfies readonly PatientColumn[];
export type WatchedColumn = (typeof watchedColumns)[number];

/** Two bit sets. A column that is empty, or has a word for "nothing", is left out of both. */
export interface Understanding {
  readonly understood: number;
  readonly unreadable: number;
}

export const columnsIn = (bits: number): readonly WatchedColumn[] =>
  watchedColumns.filter((_, index) => (bits & (1 << index)) !== 0);

export function understandingOf(valueOf: ColumnReader, calendar: Calendar): Understanding {
  let [understood, unreadable] = [0, 0];
  const mark = (index: number, verdict: boolean | null): void => {
    if (verdict === true) understood |= 1 << index;
    else if (verdict === false) unreadable |= 1 << index;
  };
  const given = (column: PatientColumn): string => valueOf(column) ?? '';
  mark(0, isName(given('first_name')));
  mark(1, isName(given('last_name')));
  mark(
    2,
    isRead(given('birth_date'), (text) => readCalendarDate(text, calendar)),
  );
  mark(3, isPostcode(given('zip'), given('country')));
  mark(4, isMrn(given('mrn')));
  mark(5, isRead(given('sex'), bySpelling(readSex)));
  mark(6, isRead(given('deceased'), bySpelling(readBoolean)));
  return { understood, unreadable };
}

/** True: understood. False: given but not understood. Null: empty, or a word for "nothing". */
type Verdict = boolean | null;

const isName = (text: string): Verdict => (text.trim() === '' ? null : /\p{L}/u.test(text));

const isMrn = (text: string): Verdict => (text.trim() === '' || saysNothingAsId(text) ? null : true);

const isPostcode = (text: string, country: string): Verdict => {
  if (text.trim() === '') return null;
  const isAbroad = country.trim() !== '' && !isDomestic(readCountry(country));
  return isAbroad ? true : verdictOf(readZip(text));
};

const isRead = (text: string, read: (text: string) => Reading<unknown>): Verdict =>
  text.trim() === '' ? null : verdictOf(read(text));

const verdictOf = ({ value, problems }: Reading<unknown>): Verdict => {
  if (problems.length > 0) return false;
  return value === undefined ? null : true;
};

/** Caches by spelling: a site has a handful of spellings and millions of rows. */
const keptSpellings = 1000;
const readings = new Map<(text: string) => Reading<unknown>, (text: string) => Reading<unknown>>();

function bySpelling(read: (text: string) => Reading<unknown>): (text: string) => Reading<unknown> {
  let remembered = readings.get(read);
  if (remembered === undefined) {
    const known = new Map<string, Reading<unknown>>();
    remembered = (text) => {
      let reading = known.get(text);
      if (reading === undefined) {
        reading = read(text);
        if (known.size < keptSpellings) known.set(text, reading);
      }
      return reading;
    };
    readings.set(read, remembered);
  }
  return remembered;
}
