import type { PatientColumn } from '../contract/contract.ts';
import { readEventTime, type Calendar } from '../values/time/event-time.ts';
import { leftOut, read, type Reading } from '../values/reading.ts';
import type { RowReader } from '../contract/row/row-reader.ts';
import { dateIn } from '../values/time/wall-clock.ts';
import { readBoolean } from '../values/boolean.ts';
import { saysNothingOfWhen } from '../values/says-nothing.ts';

/** A message's statement about death; undefined: left out. */
export interface Death {
  readonly isDeceased: boolean | undefined;
  readonly at: string | undefined;
}

/**
 * Whether the patient has died, and when. `deceased` decides:
 *
 * - false: no date is sent.
 * - true: a plausible date is sent.
 * - empty: a plausible death date means death. Otherwise nothing is sent, unless a death was sent before; then the
 *   message says that the patient is alive.
 * - unreadable: nothing about death is sent.
 */
export const readDeath = (
  row: RowReader<PatientColumn>,
  birthDate: string | undefined,
  wasDeathSent: boolean,
  calendar: Calendar,
): Death => {
  const given = row.text('deceased');
  const deceased = row.read('deceased', readBoolean);
  const at = row.read('deceased_at', (text) => readDeathTime(text, birthDate, calendar));
  if (deceased === false) {
    if (at !== undefined) row.keep('deceased_at', leftOut('death_contradicted'));
    return { isDeceased: false, at: undefined };
  }
  if (deceased === true) return { isDeceased: true, at };
  const isEmpty = given === undefined || saysNothingOfWhen(given);
  if (isEmpty && at !== undefined) return { isDeceased: true, at };
  if (!isEmpty || isGiven(row.text('deceased_at'))) row.keep('deceased_at', leftOut('death_unclear'));
  return { isDeceased: isEmpty && wasDeathSent ? false : undefined, at: undefined };
};

const isGiven = (text: string | undefined): boolean => text !== undefined && !saysNothingOfWhen(text);

/** A death date may not lie in the future or before birth. */
const readDeathTime = (text: string, birthDate: string | undefined, calendar: Calendar): Reading<string> => {
  const reading = readEventTime(text, calendar);
  if (reading.value === undefined) return reading;
  const date = reading.value.length === 10 ? reading.value : dateIn(calendar.ehrTimeZone, Date.parse(reading.value));
  const isBeforeBirth = birthDate !== undefined && date < birthDate;
  return date > calendar.today || isBeforeBirth ? leftOut('impossible_date') : read(reading.value, ...reading.problems);
};
