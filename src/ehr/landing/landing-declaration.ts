import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageFault, DatabaseFault } from '../../fault.ts';
import { describeDatabaseError } from '../../postgres/database-error.ts';
import type { Session } from '../../postgres/session.ts';
import { statement } from '../../postgres/sql-file.ts';
import { readIfThere } from '../contract/contract-files.ts';
import { qualified, quoted } from './landing-name.ts';

/** A table that the contract expects as a CSV file. */
export interface DeclaredTable {
  readonly name: string;
  /** File that declares it, within the contract folder. */
  readonly file: string;
  readonly columns: readonly DeclaredColumn[];
}

interface DeclaredColumn {
  readonly name: string;
  /** Declared NOT NULL. */
  readonly isRequired: boolean;
}

interface CatalogRow {
  readonly table_name: string;
  readonly is_unlogged: boolean;
  readonly column_name: string;
  readonly type: string;
  readonly is_required: boolean;
}

/**
 * Creates the tables declared in `landing/*.sql` of the contract, in the landing schema, and reads their columns back
 * from the catalog. Then drops NOT NULL: a row that breaks it is reported, and the landing continues.
 */
export async function declareTables(
  session: Session,
  schema: string,
  contractFolder: string,
): Promise<ReadonlyMap<string, DeclaredTable>> {
  await session.run(statement('ehr/internal/set_landing_path'), [schema]);
  const declarations = await readDeclarations(contractFolder);
  for (const { file, text } of declarations) await create(session, file, text);

  const catalog = await session.run<CatalogRow>(statement('ehr/internal/read_landing_columns'), [schema]);
  const constrained = await session.run<{ table_name: string }>(statement('ehr/internal/find_landing_constraints'), [
    schema,
  ]);
  const faults = declarations.flatMap(({ table, file }) => [
    ...shapeFaults(table, file, catalog),
    ...constrained
      .filter(({ table_name }) => table_name === table)
      .map(
        () =>
          `${file} declares a key, a constraint or an index other than a hash index; take it out: what breaks it must be seen to be reported`,
      ),
  ]);
  if (faults.length > 0) {
    throw new UsageFault(
      `The CSV tables of the EHR contract in ${contractFolder} do not fit:\n${faults.map((fault) => `  - ${fault}.`).join('\n')}`,
    );
  }
  await takeOffNotNull(session, schema, catalog);
  return new Map(
    declarations.map(({ table, file }) => [table, { name: table, file, columns: columnsOf(table, catalog) }]),
  );
}

interface Declaration {
  readonly table: string;
  readonly file: string;
  readonly text: string;
}

/** Names of the declared tables, if any. Other tables land as their headers describe them. */
export async function declaredNames(contractFolder: string): Promise<string[]> {
  const folder = join(contractFolder, 'landing');
  const names = existsSync(folder) ? (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort() : [];
  return names.map((name) => name.slice(0, -'.sql'.length));
}

async function readDeclarations(contractFolder: string): Promise<Declaration[]> {
  return Promise.all(
    (await declaredNames(contractFolder)).map(async (table) => ({
      table,
      file: `landing/${table}.sql`,
      text: (await readIfThere(join(contractFolder, 'landing', `${table}.sql`))) ?? '',
    })),
  );
}

async function create(session: Session, file: string, text: string): Promise<void> {
  try {
    await session.query(`the declaration in ${file}`, text);
  } catch (error) {
    if (!(error instanceof DatabaseFault)) throw error;
    throw new UsageFault(
      `${file} of the EHR contract was refused: ${describeDatabaseError(error.cause)}; it must hold one CREATE UNLOGGED TABLE, and may hold hash indexes on it.`,
      { cause: error },
    );
  }
}

function shapeFaults(table: string, file: string, catalog: readonly CatalogRow[]): string[] {
  const rows = catalog.filter(({ table_name }) => table_name === table);
  const [first] = rows;
  if (first === undefined) return [`${file} does not create a table ${table}; name it like the file`];
  return [
    ...(first.is_unlogged
      ? []
      : [`${file} creates a logged table; write CREATE UNLOGGED TABLE, so that no row reaches the log`]),
    ...rows
      .filter(({ type }) => type !== 'text')
      .map(
        ({ column_name, type }) => `${file} declares ${column_name} as ${type}; declare it text and cast in the query`,
      ),
  ];
}

async function takeOffNotNull(session: Session, schema: string, catalog: readonly CatalogRow[]): Promise<void> {
  const statements = catalog
    .filter(({ is_required }) => is_required)
    .map(
      ({ table_name, column_name }) =>
        `ALTER TABLE ${qualified(schema, table_name)} ALTER COLUMN ${quoted(column_name)} DROP NOT NULL`,
    );
  if (statements.length > 0) await session.query('DROP NOT NULL', statements.join(';\n'));
}

function columnsOf(table: string, catalog: readonly CatalogRow[]): DeclaredColumn[] {
  return catalog
    .filter(({ table_name }) => table_name === table)
    .map(({ column_name, is_required }) => ({ name: column_name, isRequired: is_required }));
}
