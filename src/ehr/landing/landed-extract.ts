import type { ReadBy } from '../contract/contract-tables.ts';
import { named } from '../csv/csv-files.ts';
import { tableNameOf } from './landing-name.ts';

/** The contents of an extract, for messages about missing tables and columns. */
export interface LandedExtract {
  readonly kind: 'csv' | 'fhir';
  /** All names in the folder. */
  readonly names: readonly string[];
  readonly tables: readonly LandedTable[];
  readonly readBy: ReadBy;
}

export const unknownExtract: LandedExtract = { kind: 'csv', names: [], tables: [], readBy: new Map() };

interface LandedTable {
  readonly table: string;
  /** Its file, or the first of its parts. */
  readonly file: string;
  /** Null if the first line may be a patient's row; it stays private. */
  readonly columns: readonly string[] | null;
}

/** Advice for an unknown table of the query. */
export function remedyForTable({ kind, names, tables, readBy }: LandedExtract, query: string): string {
  if (kind === 'fhir') return `a table holds the resources of one type: ${tables.map(({ table }) => table).join(', ')}`;
  const landed = new Set(tables.map(({ table }) => table));
  const lacking = (readBy.get(query) ?? []).filter((table) => !landed.has(table));
  // The names may include those of WITH. A file with another ending was seen, but skipped.
  const files = lacking.map((table) => `${table}.csv`);
  const similar = names.filter((name) => lacking.some((table) => isLike(name, table)));
  return (
    `a table is a CSV file of its name${files.length === 0 ? '' : ` (${named(files)})`}; in the folder are ${named(names) || 'no files'}` +
    (similar.length === 0 ? '' : `, and of these ${named(similar)} cannot be read as that`)
  );
}

const isLike = (name: string, table: string): boolean =>
  !/\.csv(?:\.gz)?$/i.test(name) && tableNameOf(name.replace(/\..*$/, '')) === table;

const mostColumns = 60;

/** Advice for an unknown column of the query: the columns of the table. */
export function remedyForColumn({ kind, tables, readBy }: LandedExtract, query: string): string {
  if (kind === 'fhir') return 'the elements of a resource are in its column resource, as jsonb';
  const read = readBy.get(query) ?? [];
  const there = tables.filter(({ table }) => read.includes(table)).map(columnsOf);
  return `${there.length === 0 ? 'no file that it reads is there' : there.join('; ')}; have the export write the column, or mend the query`;
}

function columnsOf({ file, columns }: LandedTable): string {
  if (columns === null) return `${file} has no header line that names a column which the contract looks for`;
  const more = columns.length - mostColumns;
  return `${file} has ${columns.slice(0, mostColumns).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
