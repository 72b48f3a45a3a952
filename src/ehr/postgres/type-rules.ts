import type { Column, TypeRules } from '../engine.ts';
import { identifying, withLeadingZeros } from '../contract/digit-columns.ts';
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

/** Finds rows by key through the site's own index; `id::text = ANY(…)` on a number would scan the table. */
interface KeyType {
  /** SQL that is true for the rows whose key is among the texts in `$1`. */
  readonly condition: (key: string) => string;
  /** False for a text that this type never prints: it matches no row, and querying it would fail. */
  readonly canBe: (id: string) => boolean;
}

const inThe = (type: string) => (key: string) => `${key} = ANY($1::text[]::${type}[])`;

const integer = (type: string, bits: number): KeyType => ({
  condition: inThe(type),
  canBe: (id) => /^(?:0|-?[1-9][0-9]{0,18})$/.test(id) && BigInt.asIntN(bits, BigInt(id)) === BigInt(id),
});

// A zero byte is invalid in a Postgres text.
const isText = (id: string): boolean => !id.includes('\0');

const keyTypes: Readonly<Record<string, KeyType>> = {
  text: { condition: (key) => `${key} = ANY($1::text[])`, canBe: isText },
  'character varying': { condition: (key) => `${key} = ANY($1::text[])`, canBe: isText },
  // A cast to text would drop the padding, and the scanned id includes it.
  character: { condition: inThe('bpchar'), canBe: isText },
  smallint: integer('smallint', 16),
  integer: integer('integer', 32),
  bigint: integer('bigint', 64),
  numeric: { condition: inThe('numeric'), canBe: (id) => /^(?:-?[0-9]{1,1000}(?:\.[0-9]{1,1000})?|NaN)$/.test(id) },
  uuid: { condition: inThe('uuid'), canBe: (id) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) },
};

/** Any other type (citext, an enum …) is compared as text: slower, but correct. */
const otherType: KeyType = { condition: (key) => `${key}::text = ANY($1::text[])`, canBe: isText };

/** The key condition for a type, by its `format_type` name. */
export const keyTypeOf = (type: string): KeyType => keyTypes[type] ?? otherType;
