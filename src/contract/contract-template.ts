import { contract, type Entity } from './contract.ts';
import { contractPhrases } from './contract-phrases.ts';
import { identifierColumns, identifierPhrases } from './patient-details.ts';
import {
  columnOf,
  requiredSectionColumns,
  sectionColumns,
  sectionContract,
  sections,
  type Section,
} from './section.ts';

/** The words of a dialect that the templates need. */
interface Dialect {
  /** A text that is null. */
  readonly blank: string;
  /** The line before WHERE, with the table that is meant. */
  readonly source: (table: string) => string;
  /** A condition on the ids in `$1`, and how to write it with a column. */
  readonly noIds: (column: string) => string;
}

const dialects: Readonly<Record<'postgres' | 'mysql', Dialect>> = {
  postgres: {
    blank: 'NULL::text',
    source: (table) => `-- FROM ${table}`,
    noIds: (column) =>
      `NULL::text = ANY ($1::text[]) -- ${column} = ANY ($1::text[]::bigint[]): your column bare, and $1 in its type`,
  },
  mysql: {
    blank: 'CAST(NULL AS CHAR)',
    source: (table) => `FROM DUAL -- your ${table}, in place of DUAL`,
    noIds: (column) => `NULL IN ($1) -- ${column} IN ($1): your column bare`,
  },
};

/**
 * A contract to start from. Each file is a SELECT that runs on any server of its dialect and returns no rows; the optional columns
 * are commented lines that the site replaces with its own.
 */
export function contractTemplate(
  tables: readonly string[],
  server: keyof typeof dialects,
): Readonly<Record<string, string>> {
  const dialect = dialects[server];
  return {
    'patients.sql': template('patient', tables, dialect),
    'encounters.sql': template('encounter', tables, dialect),
    'merges.sql': template('merge', tables, dialect),
    'identifiers.sql': identifiersTemplate(dialect),
    ...Object.fromEntries(sections.map((section) => [`sections/${section}.sql`, sectionTemplate(section, dialect)])),
  };
}

/** The header line of each extract CSV whose file and columns have the contract's names. */
export const extractHeaders = (): Readonly<Record<string, string>> => ({
  'patients.csv': headerLine(contract.patient.columns),
  'encounters.csv': headerLine(contract.encounter.columns),
  'merges.csv': headerLine(contract.merge.columns),
  'identifiers.csv': headerLine(identifierColumns),
  ...Object.fromEntries(sections.map((section) => [`${section}.csv`, headerLine(sectionColumns(section))])),
});

const headerLine = (columns: readonly string[]): string => `${columns.join(',')}\n`;

const heads: Readonly<Record<Entity, string>> = {
  patient: 'The patients, including those that were merged away. One row per patient.',
  encounter: 'The visits, in every state. One row per visit.',
  merge:
    'The merges that are in force now. One row per retired patient. Delete this file if your EHR does not record merges.',
};

const sources: Readonly<Record<Entity, string>> = { patient: 'patients', encounter: 'encounters', merge: 'merges' };

function template(entity: Entity, tables: readonly string[], { blank, source }: Dialect): string {
  const phrases: Readonly<Record<string, string>> = contractPhrases[entity];
  const required: readonly string[] = contract[entity].required;
  const optional = contract[entity].columns.filter((column) => !required.includes(column));
  const width = Math.max(...contract[entity].columns.map((column) => column.length));
  const line = (start: string, column: string): string =>
    `${start} AS ${column.padEnd(width)} -- ${phrases[column] ?? ''}`;
  return [
    `-- ${heads[entity]}`,
    '-- Fill in your own table and columns: remove `--` where you have the column, and delete the other lines. Until then the query returns no rows.',
    ...(tables.length === 0 ? [] : ['--', '-- Tables that the role of EHR_URL can read:', ...tables.map(inComment)]),
    'SELECT',
    ...required.map((column, index) => line(`  ${index === 0 ? '' : ', '}${blank}`, column)),
    ...optional.map((column) => line(`  -- , your_column`, column)),
    source(sources[entity]),
    'WHERE false -- delete this line once the line above is filled in',
    '',
  ].join('\n');
}

/** Keeps a line break in a table's name from ending the comment. */
const inComment = (table: string): string => `--   ${table.replaceAll(/[\r\n]/g, ' ')}`;

function identifiersTemplate({ blank, source, noIds }: Dialect): string {
  const width = Math.max(...identifierColumns.map((column) => column.length));
  return [
    '-- Further identifiers of the patients whose ids are in $1, one row per identifier. Delete this file if you do not provide them.',
    '-- Fill in your own table and columns. Until then the query returns no rows.',
    'SELECT',
    ...identifierColumns.map(
      (column, index) =>
        `  ${index === 0 ? '' : ', '}${blank} AS ${column.padEnd(width)} -- ${identifierPhrases[column]}`,
    ),
    source('identifiers'),
    `WHERE ${noIds('your_patient_id')}`,
    '',
  ].join('\n');
}

/** Returns no rows until the last NULL is replaced with the site's own column. */
function sectionTemplate(section: Section, { blank, source, noIds }: Dialect): string {
  const columns: readonly string[] = sectionColumns(section);
  const width = Math.max(...columns.map((column) => column.length));
  const lines = columns.map((column, index) => {
    const isRequired = requiredSectionColumns.some((required) => required === column);
    const start = isRequired ? `  ${index === 0 ? '' : ', '}${blank}` : '  -- , your_column';
    return `${start} AS ${column.padEnd(width)} -- ${columnOf(section, column)?.meaning ?? ''}`;
  });
  return [
    `-- ${sectionContract[section].title} of the visits whose ids are in $1, one row per ${sectionContract[section].item}. Delete this file if you do not provide them.`,
    '-- Fill in your own table and columns: remove `--` where you have the column, and delete the other lines. Until then the query returns no rows.',
    'SELECT',
    ...lines,
    source(section),
    `WHERE ${noIds('your_visit_id')}`,
    '',
  ].join('\n');
}
