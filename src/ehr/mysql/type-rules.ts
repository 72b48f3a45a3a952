import { identifying, withLeadingZeros } from '../contract/digit-columns.ts';
import type { Column, TypeRules } from '../engine.ts';

const times: ReadonlySet<string> = new Set(['date', 'datetime', 'timestamp', 'text']);

/** What the types of MySQL mean, by the words of `column-type.ts`. */
export const mysqlTypes: TypeRules = {
  holdsTime: (type) => times.has(type),
  castToTime: (type) =>
    `${type === 'integer' || type === 'decimal' ? 'FROM_UNIXTIME(changed_at)' : 'CAST(changed_at AS DATETIME)'} AS updated_at ` +
    '(a TIMESTAMP is an instant, a DATETIME is wall-clock time)',
  printsAs: (type) => type,
  doubtOf,
  zoneRemedy:
    'DATE(a_timestamp) does that, and so does an expression that makes a DATETIME or a text of a TIMESTAMP, or COALESCE of both types. ' +
    "Give a TIMESTAMP as it is, or make a DATETIME of it in the EHR's zone: CONVERT_TZ(the_column, '+00:00', 'the zone').",
  canBeKey: (type, id) => (type === 'integer' ? /^(?:0|-?[1-9][0-9]{0,19})$/.test(id) : !id.includes('\0')),
};

function doubtOf({ name, type, scale }: Column): string | null {
  if (type === 'bytes') {
    return `${name} as bytes, which go out as 0x and digits; give the text that is meant: CONVERT(${name} USING utf8mb4), HEX(${name}) or BIN_TO_UUID(${name})`;
  }
  if (type === 'json') {
    return `${name} as JSON, which goes out with its braces and quotes; give the one value that is meant, e.g. JSON_VALUE(${name}, '$.line')`;
  }
  if (identifying.has(name) && (type === 'float' || (scale ?? 0) > 0)) {
    return `${name} as ${type}, which prints with decimals or an exponent; CAST it AS SIGNED, or give the text that people write`;
  }
  if (withLeadingZeros.has(name) && (type === 'integer' || type === 'decimal' || type === 'float')) {
    return `${name} as a number, which has no leading zeros; give it as text, e.g. LPAD(${name}, 5, '0') for a ZIP code of five digits`;
  }
  if (name === 'birth_date' && type === 'timestamp') {
    return (
      'birth_date as timestamp, an instant, which is another day in another zone; it is read as the day that it is in EHR_TIME_ZONE. ' +
      'Give the date itself'
    );
  }
  return null;
}
