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

/**
 * A contract to start from. Each file is a SELECT that runs on any Postgres and returns no rows; the optional columns
 * are commented lines that the site replaces with its own.
 */
export const contractTemplate = (tables: readonly string[]): Readonly<Record<string, string>> => ({
  'patients.sql': template('patient', tables),
  'encounters.sql': template('encounter', tables),
  'merges.sql': template('merge', tables),
  'identifiers.sql': identifiersTemplate(),
  ...Object.fromEntries(sections.map((section) => [`sections/${section}.sql`, sectionTemplate(section)])),
});

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

function template(entity: Entity, tables: readonly string[]): string {
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
    ...required.map((column, index) => line(`  ${index === 0 ? '' : ', '}NULL::text`, column)),
    ...optional.map((column) => line(`  -- , your_column`, column)),
    `-- FROM ${sources[entity]}`,
    'WHERE false -- delete this line once the line above is filled in',
    '',
  ].join('\n');
}

/** Keeps a line break in a table's name from ending the comment. */
const inComment = (table: string): string => `--   ${table.replaceAll(/[\r\n]/g, ' ')}`;

function identifiersTemplate(): string {
  const width = Math.max(...identifierColumns.map((column) => column.length));
  return [
    '-- Further identifiers of the patients whose ids are in $1, one row per identifier. Delete this file if you do not provide them.',
    '-- Fill in your own table and columns. Until then the query returns no rows.',
    'SELECT',
    ...identifierColumns.map(
      (column, index) =>
        `  ${index === 0 ? '' : ', '}NULL::text AS ${column.padEnd(width)} -- ${identifierPhrases[column]}`,
    ),
    '-- FROM identifiers',
    'WHERE NULL::text = ANY ($1::text[]) -- your_patient_id = ANY ($1::text[]::bigint[]): your column bare, and $1 in its type',
    '',
  ].join('\n');
}

/** Returns no rows until the last NULL is replaced with the site's own column. */
function sectionTemplate(section: Section): string {
  const columns: readonly string[] = sectionColumns(section);
  const width = Math.max(...columns.map((column) => column.length));
  const lines = columns.map((column, index) => {
    const isRequired = requiredSectionColumns.some((required) => required === column);
    const start = isRequired ? `  ${index === 0 ? '' : ', '}NULL::text` : '  -- , your_column';
    return `${start} AS ${column.padEnd(width)} -- ${columnOf(section, column)?.meaning ?? ''}`;
  });
  return [
    `-- ${sectionContract[section].title} of the visits whose ids are in $1, one row per ${sectionContract[section].item}. Delete this file if you do not provide them.`,
    '-- Fill in your own table and columns: remove `--` where you have the column, and delete the other lines. Until then the query returns no rows.',
    'SELECT',
    ...lines,
    `-- FROM ${section}`,
    'WHERE NULL::text = ANY ($1::text[]) -- your_visit_id = ANY ($1::text[]::bigint[]): your column bare, and $1 in its type',
    '',
  ].join('\n');
}
