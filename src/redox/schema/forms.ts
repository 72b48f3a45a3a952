/** Texts that can be written in one way only. */
export const forms = {
  /** Date only: a birth date with a time can move to the day before when Redox converts it. */
  date: { means: 'a real date, YYYY-MM-DD', holds: isDate },
  instant: { means: 'a real time in UTC, YYYY-MM-DDThh:mm:ss.sssZ', holds: isInstant },
  /** A bare date where only the date is known: Redox adds no time, and an invented time moves the date. */
  time: {
    means: 'a real date, YYYY-MM-DD, or a real time in UTC, YYYY-MM-DDThh:mm:ss.sssZ',
    holds: (text: string) => isDate(text) || isInstant(text),
  },
  phone: { means: 'a telephone number in E.164', holds: matches(/^\+[1-9]\d{1,14}$/) },
  /** X.660: no arc has a leading zero, the first is at most 2, and the second at most 39 under 0 and 1. */
  oid: {
    means: 'an OID',
    holds: matches(/^(?:[01]\.(?:\d|[1-3]\d)|2\.(?:0|[1-9]\d*))(?:\.(?:0|[1-9]\d*))*$/),
  },
  /** CDA, which Redox makes of a document, has integers here. */
  version: { means: 'a whole number from 1', holds: matches(/^[1-9]\d*$/) },
} as const;

export type Form = keyof typeof forms;

/** A day that the calendar has. */
function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year === undefined || year === '0000') return false;
  const days = daysOfMonths[Number(month) - 1] ?? 0;
  const isLeapDay = month === '02' && day === '29';
  const hasLeapDay = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0);
  return Number(day) >= 1 && Number(day) <= days && (!isLeapDay || hasLeapDay);
}

/** Of a leap year. */
const daysOfMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** As Redox writes them: UTC, with milliseconds. */
function isInstant(text: string): boolean {
  return /^.{10}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/.test(text) && isDate(text.slice(0, 10));
}

function matches(pattern: RegExp): (text: string) => boolean {
  return (text) => pattern.test(text);
}
