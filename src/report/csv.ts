import { type Options, stringify } from 'csv-stringify/sync';
import type { Session } from '../postgres/session.ts';
import type { Statement } from '../postgres/sql-file.ts';
import { defuse } from './defuse.ts';
import { writeWhole } from './report-file.ts';

/** No run has this number: a query for it gives its columns and no row. */
const noRun = 0;

const format: Options = {
  // RFC 4180 ends its lines with CR LF.
  record_delimiter: 'windows',
  // Without this only the whole CR LF would be quoted, and a lone one would end the line for many readers.
  quote_record_delimiter: true,
  cast: {
    string: defuse,
    // Postgres knows infinity, and times beyond those that have a usual way of writing; a CSV has neither.
    number: (value) => (Number.isFinite(value) ? String(value) : ''),
    date: (value) => (value.getTime() >= firstInstantMs && value.getTime() <= lastInstantMs ? value.toISOString() : ''),
    boolean: String,
  },
};

const firstInstantMs = Date.parse('0001-01-01T00:00:00.000Z');
const lastInstantMs = Date.parse('9999-12-31T23:59:59.999Z');

/** Writes what a query gives for a run as a CSV, a page at a time: the whole of it is never in memory. */
export async function writeCsv(session: Session, query: Statement, runNumber: number, path: string): Promise<void> {
  const { fields } = await session.query(query.name, query.text, [noRun]);
  const columns = fields.map(({ name }) => name);
  await writeWhole(path, async (append) => {
    await append(stringify([columns], format));
    for await (const rows of session.pages(query, [runNumber])) {
      await append(stringify(rows, { ...format, columns }));
    }
  });
}
