import { isSubject } from '../../src/contract/contract.ts';
import { UsageFault } from '../../src/fault.ts';
import { undefuse } from '../../src/report/defuse.ts';
import type { ListedRow } from '../../src/run/policy.ts';
import { type CsvLine, isKey, readCsvLines, withoutColumns } from '../ledger/csv-lines.ts';

/**
 * The rows that a CSV lists in its columns `entity` and `entity_id`: any report fits, also after somebody deleted lines from
 * it. Lines about files, queues and the organisation, and those without an id, name no row and are passed over. Throws a UsageFault that names file and line.
 */
export async function* readListedRows(file: string): AsyncGenerator<ListedRow> {
  for await (const line of readCsvLines(file)) {
    const row = listedRow(file, line);
    if (row !== null) yield row;
  }
}

function listedRow(file: string, { record, line }: CsvLine): ListedRow | null {
  const { entity, entity_id: id } = record;
  if (entity === undefined || id === undefined) throw withoutColumns(file, 'entity and entity_id');
  if (['file', 'queue', 'organization'].includes(entity) || id === '') return null;
  if (!isKey(id)) {
    throw new UsageFault(`${file}, line ${line}: entity_id cannot be a row's key; correct it, or delete the line.`);
  }
  if (isSubject(entity)) return { entity, id: undefuse(id) };
  throw new UsageFault(`${file}, line ${line}: entity must be patient, merge, encounter or summary.`);
}
