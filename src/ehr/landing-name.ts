import pg from 'pg';

/** Postgres cuts longer names off. */
const longestName = 63;

/**
 * The name under which a table or column of a CSV file lands: lower-case letters, digits and underscores of what the file
 * says. It is the one identifier that comes from outside.
 */
function landingName(given: string): string {
  return given
    .trim()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '_')
    .slice(0, longestName);
}

export const tableNameOf = (fileName: string): string => landingName(fileName.replace(/\.csv$/i, ''));

/** A column without a name, such as behind a comma at the end of the header, is called by its place. */
export const columnNameOf = (header: string, index: number): string => landingName(header) || `column_${index + 1}`;

export const quoted = (name: string): string => pg.escapeIdentifier(name);

export const qualified = (schema: string, table: string): string => `${quoted(schema)}.${quoted(table)}`;
