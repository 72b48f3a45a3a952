import pg from 'pg';

/** Postgres cuts longer names off; it counts bytes. */
const longestName = 63;

/**
 * The name under which a table or column of a CSV file lands: letters of any script in lower case, digits, and underscores for
 * everything else that the file says. It is the one identifier that comes from outside.
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

/** A column without a name, such as behind a comma at the end of the header, is called by its place. */
export const columnNameOf = (header: string, index: number): string => landingName(header) || `column_${index + 1}`;

export const quoted = (name: string): string => pg.escapeIdentifier(name);

export const qualified = (schema: string, table: string): string => `${quoted(schema)}.${quoted(table)}`;
