import { createReadStream } from 'node:fs';
import { parse } from 'csv-parse';
import { UsageFault } from '../src/core/fault.ts';
import { undefuse } from '../src/report/defuse.ts';
import type { ListedRow } from '../src/steps/scope.ts';

/**
 * The rows that a CSV lists in its columns `entity` and `entity_id`: any report fits, also after somebody deleted lines from
 * it. Lines about files, and those without an id, name no row and are passed over. Throws a UsageFault that names file and line.
 */
export async function* readListedRows(file: string): AsyncGenerator<ListedRow> {
  const lines = parse({ bom: true, columns: true, info: true, relax_column_count: false, skip_empty_lines: true });
  // `pipe` does not pass on the error of a file that cannot be opened.
  const bytes = createReadStream(file).on('error', (error) => lines.destroy(error));
  try {
    for await (const { record, info } of bytes.pipe(lines) as AsyncIterable<ParsedLine>) {
      const row = listedRow(file, info.lines, record);
      if (row !== null) yield row;
    }
  } catch (error) {
    throw error instanceof UsageFault ? error : unreadable(file, error);
  }
}

interface ParsedLine {
  readonly record: Readonly<Record<string, string>>;
  readonly info: { readonly lines: number };
}

/** No row of a longer key is ever told, nor listed in a report in full. */
const longestKeyBytes = 2000;

function listedRow(file: string, line: number, record: ParsedLine['record']): ListedRow | null {
  const { entity, entity_id: id } = record;
  if (entity === undefined || id === undefined) {
    throw new UsageFault(
      `${file} has no columns entity and entity_id; take a report of redox-reconcile, or name the columns so. ` +
        'Where a spreadsheet has saved it, save it again as CSV in UTF-8, with commas between the columns.',
    );
  }
  if (entity === 'file' || id === '') return null;
  if (id.includes('\0') || Buffer.byteLength(id) > longestKeyBytes) {
    throw new UsageFault(
      `${file}, line ${line}: entity_id is no key that a row can have; correct it, or take the line out.`,
    );
  }
  if (entity === 'patient' || entity === 'merge' || entity === 'encounter') return { entity, id: undefuse(id) };
  throw new UsageFault(`${file}, line ${line}: entity must be patient, merge or encounter.`);
}

/** csv-parse quotes the line in its message, and a line may hold anything: only its code is repeated. */
function unreadable(file: string, error: unknown): UsageFault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return new UsageFault(`${file} could not be read as CSV (${code}); see that it is there and whole.`, {
    cause: error,
  });
}
