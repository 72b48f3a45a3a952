/** The files of an extract against what the last full sweep read, and what becomes of the run: see `src/decide/source/source-guard.ts`. */
import type { ExtractSettings } from '../config/config.ts';
import { agesOf, leftOutOf, type SourceFile } from '../decide/source/source.ts';
import { leftOutReasons, shrunkReasons, type TableRows } from '../decide/source/source-guard.ts';
import type { OpenSource } from './source-reading.ts';
import type { LedgerServices } from './services.ts';
import { storeSource, tablesOfLastSweep } from '../ledger/stage/source.ts';

/** Keeps what was read, whatever becomes of the run. Gives why the source is implausible, as it goes on from "Refused: "; else null. */
export async function guardSource(
  { ledger: { reader, writer }, run, now }: LedgerServices,
  { source: files, readBy }: Pick<OpenSource, 'source' | 'readBy'>,
  { linesLeftOut, maxAgeMs }: Pick<ExtractSettings, 'linesLeftOut' | 'maxAgeMs'>,
): Promise<string | null> {
  const tables = new Set([...readBy.values()].flatMap((read) => [...read]));
  const essential = new Set(['patients.sql', 'encounters.sql'].flatMap((query) => [...(readBy.get(query) ?? [])]));
  const isEssential = ({ table }: SourceFile): boolean => essential.has(table);
  const readFiles = files.filter(({ table }) => tables.has(table));
  await storeSource(writer, run, files, agesOf(readFiles, now(), maxAgeMs));
  const before = new Map(
    (await tablesOfLastSweep(reader)).map(({ table_name, file, row_count }) => [table_name, { file, rows: row_count }]),
  );
  const isUnreadable = (table: string): boolean =>
    readFiles.some((file) => file.table === table && leftOutReasons([file], isEssential, linesLeftOut).length > 0);
  const reasons = [
    ...leftOutReasons(readFiles, isEssential, linesLeftOut),
    // A file whose lines were left out has fewer rows for that reason.
    ...shrunkReasons(before, rowsByTable(readFiles), (table) => tables.has(table) && !isUnreadable(table)),
  ];
  return reasons.length === 0 ? null : reasons.join('; ');
}

function rowsByTable(files: readonly SourceFile[]): ReadonlyMap<string, TableRows> {
  const tables = new Map<string, TableRows>();
  for (const file of files) {
    const rows = (tables.get(file.table)?.rows ?? 0) + file.lines - leftOutOf(file);
    tables.set(file.table, { file: file.file, rows });
  }
  return tables;
}
