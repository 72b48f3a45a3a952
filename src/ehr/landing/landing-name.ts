import pg from 'pg';

/** In bytes. Postgres truncates longer names. */
const longestName = 63;

/**
 * The landed name of a CSV table or column: lower-case letters of any script, digits, and underscores for everything
 * else. Only these identifiers come from outside.
 */
export function landingName(given: string): string {
  const name = given
    .normalize('NFC')
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]/gu, '_');
  return withinBytes(name);
}

function withinBytes(name: string): string {
  let bytes = 0;
  let kept = '';
  for (const character of name) {
    bytes += Buffer.byteLength(character);
    if (bytes > longestName) break;
    kept += character;
  }
  return kept;
}

/** `patients.csv` and `patients.csv.gz` are the table `patients`. */
export const tableNameOf = (fileName: string): string => landingName(stemOf(fileName));

export const stemOf = (fileName: string): string => fileName.replace(/\.csv(?:\.gz)?$/i, '');

/** An unnamed column, such as after a trailing comma in the header, is named by its position. */
export const columnNameOf = (header: string, index: number): string => landingName(header) || `column_${index + 1}`;

export const quoted = (name: string): string => pg.escapeIdentifier(name);

export const qualified = (schema: string, table: string): string => `${quoted(schema)}.${quoted(table)}`;
