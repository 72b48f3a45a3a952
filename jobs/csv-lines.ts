import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { UsageFault } from '../src/core/fault.ts';

export interface CsvLine {
  readonly record: Readonly<Record<string, string>>;
  /** From 1, the header line included. */
  readonly line: number;
}

/** No row of a longer key is ever told, nor listed in a report in full. */
const longestKeyBytes = 2000;

/** Could this be the key of a row? */
export const isKey = (id: string): boolean =>
  id !== '' && !id.includes('\0') && Buffer.byteLength(id) <= longestKeyBytes;

/** The lines of a CSV of a person's, as they come: the file is never in memory. Throws a UsageFault that names the file. */
export async function* readCsvLines(file: string): AsyncGenerator<CsvLine> {
  const lines = parse({ bom: true, columns: true, info: true, relax_column_count: false, skip_empty_lines: true });
  // `pipe` does not pass on the error of a file that cannot be opened.
  const bytes = createReadStream(file).on('error', (error) => lines.destroy(error));
  try {
    for await (const { record, info } of bytes.pipe(lines) as AsyncIterable<ParsedLine>) {
      yield { record, line: info.lines };
    }
  } catch (error) {
    throw error instanceof UsageFault ? error : unreadable(file, error);
  }
}

interface ParsedLine {
  readonly record: CsvLine['record'];
  readonly info: { readonly lines: number };
}

/** What to tell a person whose file has not the columns that were asked for. */
export const withoutColumns = (file: string, columns: string): UsageFault =>
  new UsageFault(
    `${file} has no columns ${columns}; take a report of redox-reconcile, or name the columns so. ` +
      'Where a spreadsheet has saved it, save it again as CSV in UTF-8, with commas between the columns.',
  );

/** csv-parse quotes the line in its message, and a line may hold anything: only its code is repeated. */
function unreadable(file: string, error: unknown): UsageFault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return new UsageFault(`${file} could not be read as CSV (${code}); see that it is there and whole.`, {
    cause: error,
  });
}
