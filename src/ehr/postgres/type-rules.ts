import type { Column, TypeRules } from '../engine.ts';
import { identifying, withLeadingZeros } from '../contract/digit-columns.ts';
import { keyTypeOf } from './key-type.ts';
import { readUpdatedAt } from './sql-instant.ts';

/** What the types of Postgres mean, by their `format_type` names. */
export const postgresTypes: TypeRules = {
  holdsTime: (type) => readUpdatedAt(type) !== undefined,
  castToTime: (type) =>
    `${isNumber(type) ? 'to_timestamp(changed_at)' : 'changed_at::timestamptz'} AS updated_at ` +
    '(timestamptz where it names its zone, timestamp where it is wall-clock time)',
  // varchar prints as text does, and integers of every size print alike.
  printsAs: (type) => ({ 'character varying': 'text', smallint: 'integer', bigint: 'integer' })[type] ?? type,
  doubtOf,
  zoneRemedy:
    'to_timestamp(text, format) does that, and ' +
    'so does a cast between timestamptz and a text, date or timestamp without a zone. Of what the clock on the wall showed make a ' +
    'timestamp: to_timestamp(the_text, format)::timestamp, or the_text::timestamp, which is then read in EHR_TIME_ZONE; of an instant, ' +
    "write (the_column AT TIME ZONE 'the zone') before the cast.",
  canBeKey: (type, id) => keyTypeOf(type).canBe(id),
};

const isFloat = (type: string): boolean => type === 'double precision' || type === 'real';
const isNumber = (type: string): boolean => isFloat(type) || /^(?:smallint|integer|bigint|numeric|money)$/.test(type);

/** Types that hold several values, or bytes, and print as Postgres writes them: `{a,b}`, `{"line": "1 Elm St"}`, `\x00`. */
const isComposed = (type: string): boolean =>
  type.endsWith('[]') || /^(?:jsonb?|bytea|xml|record|hstore|tsvector|point|\w*range)$/.test(type);

function doubtOf({ name, type, scale }: Column): string | null {
  if (isComposed(type)) {
    return `${name} as ${type}, which goes out as Postgres writes it, braces and quotes and all; give the one value that is meant as text${exampleFor(name, type)}`;
  }
  if (identifying.has(name) && (isFloat(type) || (scale ?? 0) > 0)) {
    const form = isFloat(type) ? '1.23e+15' : `12345.${'0'.repeat(Math.min(scale ?? 0, 6))}`;
    return `${name} as ${type}${scale === null ? '' : ` with ${scale} decimals`}, which prints as ${form}; cast it to bigint, or give the text that people write`;
  }
  if (withLeadingZeros.has(name) && isNumber(type)) {
    return `${name} as ${type}, and a number has no leading zeros; give it as text, e.g. lpad(${name}::text, 5, '0') for a ZIP code of five digits`;
  }
  if (name === 'birth_date' && type === 'timestamp with time zone') {
    return (
      'birth_date as timestamp with time zone, an instant, which is another day in another zone; it is read as the day that it is in ' +
      "EHR_TIME_ZONE. Give the date itself, in the zone in which it was written: (birth_date AT TIME ZONE 'America/Chicago')::date"
    );
  }
  return null;
}

function exampleFor(name: string, type: string): string {
  if (type.endsWith('[]')) return `, e.g. (${name})[1]`;
  return /^jsonb?$/.test(type) ? `, e.g. ${name} ->> 'line'` : '';
}
