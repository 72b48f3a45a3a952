/** What the ledger keeps of the files of an extract: names, counts and times. */
import { type FileAge, leftOutOf, type SourceFile } from '../../decide/source/source.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import type { Run } from '../run/run.ts';

/** A table of an extract as the last full sweep read it. */
interface SweptTable {
  readonly table_name: string;
  readonly file: string;
  readonly row_count: number;
}

/** `ages`: of the files that need a person. */
export async function storeSource(
  writer: Session,
  run: Run,
  files: readonly SourceFile[],
  ages: ReadonlyMap<string, FileAge>,
): Promise<void> {
  if (files.length === 0) return;
  const rows = files.map((file) => ({
    file: file.file,
    table_name: file.table,
    line_count: file.lines,
    row_count: file.lines - leftOutOf(file),
    byte_count: file.bytes,
    modified_at: file.modifiedAt,
    damaged_fields: file.damagedFields,
    age: ages.get(file.file) ?? null,
  }));
  const gaps = files.flatMap(({ file, leftOut }) =>
    leftOut.map(({ reason, count, firstLines }) => ({ file, reason, line_count: count, first_lines: firstLines })),
  );
  await writer.run(statement('ledger/source/store_source_files'), [run.number, JSON.stringify(rows)]);
  if (gaps.length > 0)
    await writer.run(statement('ledger/source/store_source_gaps'), [run.number, JSON.stringify(gaps)]);
}

/** None before the first full sweep of files. */
export const tablesOfLastSweep = (reader: Session): Promise<SweptTable[]> =>
  reader.run<SweptTable>(statement('ledger/source/read_last_swept_tables'));
