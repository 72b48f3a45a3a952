import { type Options, stringify } from 'csv-stringify/sync';
import { defuse } from '../../unit/report/defuse.ts';

const format: Options = {
  // RFC 4180 ends its lines with CR LF, and a lone one within a value would end the line for many readers.
  record_delimiter: 'windows',
  quote_record_delimiter: true,
  cast: {
    string: defuse,
    date: (value) => (value.getTime() >= firstInstantMs && value.getTime() <= lastInstantMs ? value.toISOString() : ''),
    boolean: String,
  },
};

const firstInstantMs = Date.parse('0001-01-01T00:00:00.000Z');
const lastInstantMs = Date.parse('9999-12-31T23:59:59.999Z');

/** A CSV report made row by row with a library that knows nothing of Postgres: another way to the same bytes. */
export const csvByRows = (columns: readonly string[], rows: readonly (readonly unknown[])[]): string =>
  stringify([[...columns], ...rows.map((row) => [...row])], format);
