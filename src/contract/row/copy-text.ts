/**
 * The text format of Postgres' COPY, one line at a time: columns separated by tabs, null as `\N`, and a backslash
 * before structural characters (https://www.postgresql.org/docs/current/sql-copy.html, "Text Format").
 *
 * `encodeCopyLine` writes the same bytes as `COPY … TO`, so a fetched row and a scanned row have the same line and the
 * same fingerprint.
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
/** Testing is cheaper than replacing, and most values have nothing to escape. */
const hasEscaped = /[\\\b\f\n\r\t\v]/;
const escape = (character: string): string => escapes[character] ?? character;

/** COPY escapes exactly these seven characters; all others, control characters included, are written as they are. */
export const encodeCopyField = (value: string | null): string =>
  value === null ? '\\N' : hasEscaped.test(value) ? value.replace(escaped, escape) : value;

/** One line, without its final newline. */
export const encodeCopyLine = (values: readonly (string | null)[]): string => values.map(encodeCopyField).join('\t');

const meanings: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/**
 * One field of a line written by `COPY … TO`. The server never writes the octal and hexadecimal escapes that `COPY …
 * FROM` accepts, so they are left undecoded.
 */
export const decodeCopyField = (field: string): string | null =>
  field === '\\N' ? null : field.replace(/\\([^])/g, (_, character: string) => meanings[character] ?? character);
