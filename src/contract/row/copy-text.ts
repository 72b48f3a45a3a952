/**
 * The text format of Postgres' COPY, one line at a time: columns parted by tabs, null as `\N`, and a backslash before
 * what would otherwise be read as structure (https://www.postgresql.org/docs/current/sql-copy.html, "Text Format").
 *
 * `encodeCopyLine` writes the bytes that `COPY … TO` writes, so that a row that was fetched and a row that was scanned
 * have the same line, and thus the same fingerprint.
 */

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};
const escaped = /[\\\b\f\n\r\t\v]/g;
/** Most values have nothing to escape, and to look is cheaper than to replace. */
const hasEscaped = /[\\\b\f\n\r\t\v]/;
const escape = (character: string): string => escapes[character] ?? character;

/** COPY escapes nothing but these seven characters; every other one, control characters included, stands for itself. */
const encodeCopyField = (value: string | null): string =>
  value === null ? '\\N' : hasEscaped.test(value) ? value.replace(escaped, escape) : value;

/** One line, without the newline that ends it. */
export const encodeCopyLine = (values: readonly (string | null)[]): string => values.map(encodeCopyField).join('\t');

const meanings: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/**
 * One field of a line that `COPY … TO` wrote. The octal and hexadecimal escapes that `COPY … FROM` also takes are not
 * read: the server never writes them.
 */
export const decodeCopyField = (field: string): string | null =>
  field === '\\N' ? null : field.replace(/\\([^])/g, (_, character: string) => meanings[character] ?? character);
