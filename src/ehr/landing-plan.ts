import type { FileHandle } from 'node:fs/promises';
import type { CsvFile } from './csv-files.ts';
import { withFile } from './csv-files.ts';
import { firstRecord } from './csv-records.ts';
import type { DeclaredTable } from './landing-declaration.ts';
import { columnNameOf, tableNameOf } from './landing-name.ts';

/** Where a file's rows go. */
export interface LandingPlan {
  readonly file: CsvFile;
  readonly table: string;
  readonly columns: readonly PlannedColumn[];
  readonly isDeclared: boolean;
  /** Offset of the first byte behind the header. */
  readonly rowsStart: number;
}

/** A column of the file, in its order. */
interface PlannedColumn {
  readonly name: string;
  /** What rows are found by: never empty, and indexed. */
  readonly isRequired: boolean;
  /** The declaration does not name it; it is added as it is. */
  readonly isAdded: boolean;
}

/** Without these two there is nothing to compare. */
const indispensable = ['patients', 'encounters'];

/** Reads the files' headers, and says where each file goes, or what is wrong with it and how to mend it. */
export async function planLanding(
  files: readonly CsvFile[],
  declared: ReadonlyMap<string, DeclaredTable>,
): Promise<{ readonly plans: LandingPlan[]; readonly faults: string[] }> {
  const plans: LandingPlan[] = [];
  const faults: string[] = [...missingFiles(files, declared), ...collidingFiles(files)];
  for (const file of files) {
    const planned = await withFile(file, (handle) => planFile(file, handle, declared.get(tableNameOf(file.name))));
    if ('plan' in planned) plans.push(planned.plan);
    else faults.push(...planned.faults);
  }
  return { plans, faults };
}

function missingFiles(files: readonly CsvFile[], declared: ReadonlyMap<string, DeclaredTable>): string[] {
  const tables = files.map(({ name }) => tableNameOf(name));
  return indispensable
    .filter((table) => declared.has(table) && !tables.includes(table))
    .map((table) => `${table}.csv is missing; have the export write it`);
}

function collidingFiles(files: readonly CsvFile[]): string[] {
  return files.flatMap(({ name }, index) => {
    const other = files.slice(0, index).find((earlier) => tableNameOf(earlier.name) === tableNameOf(name));
    return other === undefined ? [] : [`${other.name} and ${name} are the same table here; take one of them away`];
  });
}

type PlannedFile = { readonly plan: LandingPlan } | { readonly faults: readonly string[] };

async function planFile(file: CsvFile, handle: FileHandle, declared: DeclaredTable | undefined): Promise<PlannedFile> {
  const start = await startOfText(handle);
  if (start === null) return { faults: [`${file.name} is UTF-16; export it as UTF-8, or convert it with iconv`] };
  const header = await firstRecord(handle, start);
  if (header === null) return { faults: [`${file.name} is empty; a file without rows still has its header line`] };
  if ('problem' in header)
    return { faults: [`${file.name} has a header line that cannot be read (${header.problem})`] };
  const names = header.values.map(columnNameOf);
  const faults = headerFaults(file, names, declared);
  return faults.length > 0 ? { faults } : { plan: planOf(file, names, header.end, declared) };
}

/** Behind the byte-order mark of UTF-8, if there is one; null for UTF-16, marked or betrayed by the zeros in it. */
async function startOfText(handle: FileHandle): Promise<number | null> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
  const bytes = buffer.subarray(0, bytesRead);
  if (/^(?:fffe|feff)/.test(bytes.toString('hex')) || bytes.includes(0)) return null;
  return bytes.toString('hex').startsWith('efbbbf') ? 3 : 0;
}

/** No name of a header is told: where the header line is missing, it is a patient's row. */
function headerFaults({ name }: CsvFile, names: readonly string[], declared: DeclaredTable | undefined): string[] {
  if (declared !== undefined && !declared.columns.some((column) => names.includes(column.name))) {
    const example = declared.columns
      .slice(0, 3)
      .map((column) => column.name)
      .join(', ');
    return [
      `${name} has no header line that names any of its columns (${example} …, see ${declared.file}); ` +
        'export it with a header line and with commas between the fields, or write that line on top',
    ];
  }
  return [...twins(name, names), ...lackingColumns(name, names, declared)];
}

function twins(file: string, names: readonly string[]): string[] {
  return names.flatMap((name, index) => {
    const other = names.indexOf(name);
    return other === index
      ? []
      : [`columns ${other + 1} and ${index + 1} of the header of ${file} have the same name here; rename one of them`];
  });
}

function lackingColumns(file: string, names: readonly string[], declared: DeclaredTable | undefined): string[] {
  return (declared?.columns ?? [])
    .filter(({ name, isRequired }) => isRequired && !names.includes(name))
    .map(
      ({ name }) => `${file} has no column ${name}, which ${declared?.file ?? ''} requires; have the export write it`,
    );
}

function planOf(
  file: CsvFile,
  names: readonly string[],
  rowsStart: number,
  declared: DeclaredTable | undefined,
): LandingPlan {
  const columns = names.map((name) => {
    const column = declared?.columns.find((candidate) => candidate.name === name);
    return { name, isRequired: column?.isRequired ?? false, isAdded: column === undefined };
  });
  return { file, table: tableNameOf(file.name), columns, isDeclared: declared !== undefined, rowsStart };
}
