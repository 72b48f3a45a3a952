import type { JsonValue } from '../../../json.ts';
import type { Scalar } from './shape.ts';

/** The scalars of Redox's messages, each with the rule that a message must keep. */

export const text: Scalar = (value) => (typeof value === 'string' ? null : 'must be a string');

export const bool: Scalar = (value) => (typeof value === 'boolean' ? null : 'must be true or false');

export const number: Scalar = (value) => (typeof value === 'number' ? null : 'must be a number');

export const stringOrNumber: Scalar = (value) =>
  typeof value === 'string' || typeof value === 'number' ? null : 'must be a string or a number';

/** Date only: a birth date with a time can move to the day before when Redox converts it. */
export const date = stringThat('must be a real date, YYYY-MM-DD', isDate);

export const dateTime = stringThat('must be a real time in UTC, YYYY-MM-DDThh:mm:ss.sssZ', isDateTime);

/** A bare date where only the date is known: Redox adds no time, and a time that was made up moves the date. */
export const dateOrDateTime = stringThat(
  'must be a real date, YYYY-MM-DD, or a real time in UTC, YYYY-MM-DDThh:mm:ss.sssZ',
  (value) => isDate(value) || isDateTime(value),
);

export const phone = stringThat('must be a telephone number in E.164', matches(/^\+[1-9]\d{1,14}$/));

export const oid = stringThat('must be an OID', isOid);

export const ssn = stringThat('must be ddd-dd-dddd or nine digits', matches(/^(?:\d{3}-\d{2}-\d{4}|\d{9})$/));

export const language = stringThat('must be a language code of ISO 639-1', matches(/^[a-z]{2}$/));

export const alpha2 = stringThat('must be a country code of two letters (ISO 3166)', matches(/^[A-Z]{2}$/));

/** Both `US` and `USA` are in Redox's samples. */
export const country = stringThat('must be a country code of two letters, or USA', matches(/^(?:[A-Z]{2}|USA)$/));

export function oneOf(...members: readonly string[]): Scalar {
  const set = new Set<JsonValue>(members);
  const rule = `must be one of ${members.join(', ')}`;
  return (value) => (set.has(value) ? null : rule);
}

export const sex = oneOf('Female', 'Male', 'Nonbinary', 'Other', 'Unknown');

export const race = oneOf(
  'American Indian or Alaska Native',
  'Asian',
  'Black or African American',
  'Native Hawaiian or Other Pacific Islander',
  'Other Race',
  'Unknown',
  'White',
);

export const maritalStatus = oneOf(
  'Annulled',
  'Common law',
  'Divorced',
  'Domestic partner',
  'Interlocutory',
  'Legally Separated',
  'Living together',
  'Married',
  'Other',
  'Registered domestic partner',
  'Separated',
  'Single',
  'Unknown',
  'Unmarried',
  'Unreported',
  'Widowed',
);

export const relationToPatient = oneOf(
  'Child',
  'Employer',
  'Father',
  'Grandchild',
  'Grandparent',
  'Life Partner',
  'Mother',
  'Other',
  'Parent',
  'Self',
  'Sibling',
  'Spouse',
  'Unknown',
);

function isOid(value: string): boolean {
  return /^(?:[01]\.(?:\d|[1-3]\d)|2\.(?:0|[1-9]\d*))(?:\.(?:0|[1-9]\d*))*$/.test(value);
}

function isDate(value: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(value) && isDateTime(`${value}T00:00:00.000Z`);
}

function isDateTime(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(value)) return false;
  const time = new Date(value);
  // 30 February and 24:00 are read as another day, so a real time is one that prints as itself.
  return !Number.isNaN(time.getTime()) && time.toISOString() === value;
}

function stringThat(rule: string, holds: (value: string) => boolean): Scalar {
  return (value) => (typeof value === 'string' && holds(value) ? null : rule);
}

function matches(pattern: RegExp): (value: string) => boolean {
  return (value) => pattern.test(value);
}
