import { type Check, ok, warning } from '../check.ts';

/** What the EHR's database keeps its text in, by Postgres' own name. */
export function checkEncoding(encoding: string): Check {
  if (encoding !== 'SQL_ASCII') return ok('encoding', `The database keeps its text in ${encoding}.`);
  const says =
    'The database is in SQL_ASCII, so it holds whatever bytes came. What is no UTF-8 is not sent: such a field is left out, and a row ' +
    'in whose key or match key it stands is reported as unread.';
  const remedy =
    "Where the bytes are in one encoding, let the query say so: convert_from(convert(convert_to(last_name, 'SQL_ASCII'), 'WIN1252', 'UTF8'), 'SQL_ASCII') AS last_name.";
  return warning('encoding', says, remedy);
}
