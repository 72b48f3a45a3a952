import { contract, type Entity } from '../../../src/contract/contract.ts';
import { contractPhrases } from '../../../src/contract/contract-phrases.ts';
import {
  identifierColumns,
  identifierPhrases,
  requiredIdentifierColumns,
} from '../../../src/contract/patient-details.ts';
import {
  columnOf,
  requiredSectionColumns,
  sectionColumns,
  sectionContract,
  sections,
  type Section,
} from '../../../src/contract/section.ts';
import { belongsTo, type Kind } from '../../../src/contract/section/column.ts';

/** The contract with an EHR as a page: `sql/ehr/README.md`, which a test keeps equal to this. */
export const contractPage = (): string =>
  [introduction, ...queries.map(queryText), identifiersText(), sectionsIntroduction, ...sections.map(sectionText)].join(
    '\n\n',
  ) + '\n';

const introduction = `# The contract with an EHR

One folder per EHR holds the SELECTs that give its rows under the names below. This page is written from the program's own
list of columns, by which the queries are checked before anything is read.

- Columns marked \`*\` must be given and are never null. All others may be left out. A column that is not on this page is an
  error.
- Ids are text, and any text will do.
- A column of type \`date\` stays a date. A time without a zone is what the clock on the wall showed, in \`EHR_TIME_ZONE\`.
- The sessions that run these queries are in UTC, always. So \`to_timestamp(text, format)\`, \`text::timestamptz\`, \`current_date\`, and
  a cast of an instant to \`date\`, \`timestamp\` or text speak UTC: of a wall-clock text make \`to_timestamp(…)::timestamp\`, of an
  instant \`(… AT TIME ZONE 'America/Chicago')::date\`.
- \`updated_at\` may be a text, as \`2026-03-01 12:00:00\` with or without a zone. A row whose text is no time counts as changed.
- A birth date is best a \`date\`. With an offset it is the day in \`EHR_TIME_ZONE\` where that is midnight there, else the day that
  is written with midnight; a time that may be either of two days is left out, and reported.
- A date that systems write where they know none (1900-01-01, 9999-12-31, 1970-01-01 00:00:00 …) is no value, and reported;
  \`FILLER_DATES\` changes that list. So is a year after the next one of what has happened.
- \`\\N\` is nothing in every column. \`NULL\`, \`N/A\`, \`none\` and \`-\` are nothing as dates, codes, telephone numbers, words of a
  list and \`mrn\`.
- Control characters stand for a line break in a text, and for a blank in a name, an address or a code. An id goes out as it is to the
  byte, or not at all.
- A number is digits, with a \`.\` before decimals. What is none, and a code that its system cannot have, stands in the text of the section alone.
- Where a column takes words, it takes the usual spellings and codes of them, too. What is not understood is left out, or sent as it
  is where Redox's list is open, and reported in \`data-quality.csv\`.
- A code system may be given as OID (\`2.16.840.1.113883.6.96\`), name (\`SNOMED CT\`), FHIR URL (\`http://snomed.info/sct\`) or
  short name (\`SCT\`). One that is not known goes out as given, and is reported.`;

const queries = [
  { entity: 'patient', file: 'patients.sql', grain: 'One row per patient.' },
  { entity: 'encounter', file: 'encounters.sql', grain: 'One row per visit.' },
  {
    entity: 'merge',
    file: 'merges.sql',
    grain: 'One row per patient that was merged into another. The file is optional.',
  },
] as const;

const queryText = ({ entity, file, grain }: (typeof queries)[number]): string => {
  const phrases: Readonly<Record<string, string>> = contractPhrases[entity satisfies Entity];
  const required: readonly string[] = contract[entity].required;
  const rows = contract[entity].columns.map((column) => [marked(column, required), phrases[column] ?? '']);
  return `## \`${file}\`\n\n${grain}\n\n${markdownTable(['column', 'meaning'], rows)}`;
};

const identifiersText = (): string => `## \`identifiers.sql\`

Optional: further identifiers of given patients, for their own messages (NewPatient, PatientUpdate); \`$1\` is the list of their ids
(\`text[]\`). Only a changed row of patients.sql makes the job read them, so let \`identifiers_version\` there change with them.

${markdownTable(
  ['column', 'meaning'],
  identifierColumns.map((column) => [marked(column, requiredIdentifierColumns), identifierPhrases[column]]),
)}`;

const sectionsIntroduction = `## \`patients_by_id.sql\`, \`encounters_by_id.sql\`

Optional: the same columns for given keys; \`$1\` is the list of them (\`text[]\`), to be cast to the type of the site's own key, so that
its index is used. Without these files, \`-- @by_id\` in \`patients.sql\` and \`encounters.sql\` does the same: a line with that mark is, in the
query by keys, what follows the mark (\`-- @by_id WHERE visit.id = ANY ($1::text[]::bigint[])\`).

## \`summary/<section>.sql\`

Optional: the summary of a patient, sent as one document beside the visits. The same sections with the columns below, but of given
patients: \`$1\` is the list of their ids (\`text[]\`), and the column \`patient_id\` stands in place of \`encounter_id\`. A
patient without any row has no summary. A night looks at the summary of a patient if the patient's row, a visit or a merge has
changed; let \`summary_version\` of patients.sql change when anything in it does. With that column, the patients in whom it has a value have
a summary, with or without a visit; without it, those with a visit at Redox. Without such a file, the lines of
\`sections/<section>.sql\` with \`-- @summary\` make its query in the same way.

## \`sections/<section>.sql\`

The clinical content of given visits; \`$1\` is the list of their ids (\`text[]\`). Each file is optional. Rows may come in any order,
and a row that comes twice counts once. Let \`clinical_version\` of encounters.sql change when any of it changes.

Things that one item may have several of (reactions of an allergy, translations of a code) come as several rows that agree in
all other columns.`;

const sectionText = (section: Section): string => {
  const rows = sectionColumns(section).map((column) => {
    const { kind, meaning } = columnOf(section, column) ?? { kind: 'text', meaning: '' };
    return [marked(column, requiredSectionColumns), types[kind], meaning];
  });
  return `### \`sections/${section}.sql\`\n\n${grainOf(section)}\n\n${markdownTable(['column', 'holds', 'meaning'], rows)}`;
};

const types: Readonly<Record<Kind, string>> = {
  key: 'id',
  id: 'id',
  code: 'code',
  code_system: 'code system',
  text: 'text',
  line: 'text',
  place: 'text',
  name: 'text',
  time: 'time or date',
  date: 'date',
  boolean: 'boolean',
  negation: 'boolean',
  count: 'whole number',
  number: 'number',
  file: 'base64',
};

const grainOf = (section: Section): string => {
  const { item, group, repeats } = sectionContract[section];
  const columns = (prefixes: readonly string[]): string => prefixes.map((prefix) => named(section, prefix)).join(', ');
  return [
    `One row per ${item}.`,
    ...(repeats.length === 0 ? [] : [`Rows that differ only in ${columns(repeats)} are one ${item}.`]),
    ...(group.length === 0 ? [] : [`Rows that agree in ${columns(group)} are sent together.`]),
  ].join(' ');
};

/** `comment` where that is a column, `alt_…` where it only begins some. */
const named = (section: Section, prefix: string): string => {
  const begun = sectionColumns(section).filter((column) => belongsTo(column, [prefix]));
  return begun.length === 1 ? `\`${prefix}\`` : `\`${prefix}_…\``;
};

const marked = (column: string, required: readonly string[]): string =>
  `\`${column}\`${required.includes(column) ? ' *' : ''}`;

/** Padded as Prettier pads it. */
const markdownTable = (headers: readonly string[], rows: readonly (readonly string[])[]): string => {
  const escapedRows = rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = headers.map((header, index) =>
    Math.max(...[headers, ...escapedRows].map((row) => row[index]?.length ?? header.length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |`;
  return [line(headers), line(widths.map((width) => '-'.repeat(width))), ...escapedRows.map(line)].join('\n');
};
