import { type Check, ok, warning } from '../check.ts';

/** What the EHR's database keeps its text in, by Postgres' own name. */
export function checkEncoding(encoding: string): Check {
  if (encoding !== 'SQL_ASCII') return ok('encoding', `The database keeps its text in ${encoding}.`);
  const says =
    'The database is in SQL_ASCII, so it accepts any bytes. Bytes that are not UTF-8 are not sent: such a field is left out, and a row ' +
    'with such a key or match key is reported as unread.';
  const remedy =
    "If all bytes are in one encoding, name it in the query: convert_from(convert(convert_to(last_name, 'SQL_ASCII'), 'WIN1252', 'UTF8'), 'SQL_ASCII') AS last_name.";
  return warning('encoding', says, remedy);
}
