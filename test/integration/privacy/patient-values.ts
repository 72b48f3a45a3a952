/** Rows whose every value is like no other: wherever one of them turns up, it was this patient's. */
import { encounterColumns, patientColumns } from '../../../src/contract/contract.ts';
import { identifierColumns } from '../../../src/contract/patient-details.ts';
import { columnOf, sectionColumns, type Section, sections } from '../../../src/contract/section.ts';
import type { Kind } from '../../../src/contract/section/column.ts';

/** Tables of text columns, as a site's own database or its extracts have them. */
export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** `well`: values that Redox takes. `badly`: values that cannot be read as what their column holds. */
export type Mode = 'well' | 'badly';

/** Ids of rows may be told, and so may when a row was updated, and states of a closed list. */
const mayBeSent = new Set(['patient_id', 'mrn', 'encounter_id', 'updated_at', 'class', 'status', 'clinical_version']);

const patientIds = ['P-1', 'P-2', 'P-3'] as const;

export function tablesOf(mode: Mode): Table[] {
  const patients = patientIds.map((id, row) =>
    known({ patient_id: id, mrn: `MRN-${id}` }, patientsWrite, patientColumns, 'patients', row, mode),
  );
  const encounters = patientIds.map((id, row) =>
    known(
      { encounter_id: `E-${id}`, patient_id: id, class: 'outpatient', status: 'finished', clinical_version: '1' },
      encountersWrite,
      encounterColumns,
      'encounters',
      row,
      mode,
    ),
  );
  return [
    table('patients', patientColumns, patients),
    table('encounters', encounterColumns, encounters),
    table(
      'identifiers',
      identifierColumns,
      patientIds.map((id, row) => ({
        patient_id: id,
        id: word(`identifiers.id.${mode}`, row),
        type: word('type', row),
      })),
    ),
    ...sections.map((section) => sectionTable(section, mode)),
  ];
}

/** What must turn up nowhere, with the table and column that it stands in. */
export function secretsOf(tables: readonly Table[]): Map<string, string> {
  const secrets = new Map<string, string>();
  for (const { name, columns, rows } of tables) {
    for (const row of rows) {
      row.forEach((value, index) => {
        const column = columns[index] ?? '';
        const isSection = name !== 'patients' && name !== 'encounters';
        const isSynced = column === 'encounter_id' || (!isSection && mayBeSent.has(column));
        if (!isSynced && !isOfAList(column, value)) secrets.set(value, `${name}.${column}`);
      });
    }
  }
  return secrets;
}

/** Too many have it to tell anybody apart, and it stands in every text anyhow. */
const isOfAList = (column: string, value: string): boolean =>
  value.length < 5 || /^(?:country|deceased|negated|abnormal)$/.test(column) || value === 'final' || value === 'active';

type Row = Readonly<Record<string, string>>;

const table = (name: string, columns: readonly string[], rows: readonly Row[]): Table => ({
  name,
  columns: columns.filter((column) => column !== 'updated_at'),
  rows: rows.map((row) => columns.filter((column) => column !== 'updated_at').map((column) => row[column] ?? '')),
});

/** What Redox takes, where a made-up word would not do; a digit of the row's own keeps the rows apart. */
const patientsWrite: Readonly<Record<string, (row: number) => string>> = {
  birth_date: (row) => `190${row + 3}-07-1${row}`,
  sex: () => 'F',
  race: () => '2106-3',
  ethnicity: () => 'nonhispanic',
  marital_status: () => 'W',
  language: () => 'en',
  ssn: (row) => `91${row}-73-5${row}86`,
  state: () => 'WI',
  zip: (row) => `5370${row}-918${row}`,
  country: () => 'USA',
  home_phone: (row) => `608-231-77${row}4`,
  office_phone: (row) => `608-232-77${row}5`,
  mobile_phone: (row) => `608-233-77${row}6`,
  email: (row) => `${word('mail', row)}@${word('host', row)}.example`,
  deceased: () => 'f',
  deceased_at: (row) => `191${row}-08-0${row + 1} 04:0${row}:06`,
};

const encountersWrite: Readonly<Record<string, (row: number) => string>> = {
  started_at: (row) => `192${row}-03-1${row} 09:1${row}:33`,
  ended_at: (row) => `192${row}-03-1${row} 10:2${row}:44`,
  type_code_system: () => 'CPT',
  reason_code_system: () => 'ICD-10',
  provider_npi: () => '1234567893',
};

function known(
  fixed: Row,
  writes: Readonly<Record<string, (row: number) => string>>,
  columns: readonly string[],
  name: string,
  row: number,
  mode: Mode,
): Row {
  const made = columns.map((column) => {
    const write = mode === 'well' ? writes[column] : undefined;
    return [column, write?.(row) ?? word(`${name}.${column}.${mode}`, row)];
  });
  return { ...(Object.fromEntries(made) as Row), ...fixed };
}

function sectionTable(section: Section, mode: Mode): Table {
  const columns = sectionColumns(section);
  const rows = patientIds.map((id, row) => ({
    ...Object.fromEntries(columns.map((column) => [column, sectionValue(section, column, row, mode)])),
    encounter_id: `E-${id}`,
  }));
  return table(section, columns, rows);
}

/** Of a `well` row what can be coded is, so that its section is sent; whatever is free text is a word of its own. */
function sectionValue(section: Section, column: string, row: number, mode: Mode): string {
  const seed = `${section}.${column}.${mode}`;
  const kind: Kind = columnOf(section, column)?.kind ?? 'text';
  if (mode === 'badly') return word(seed, row);
  switch (kind) {
    case 'time':
      return `19${30 + (hash(seed) % 60)}-0${row + 1}-1${hash(seed) % 9} 07:0${row}:${10 + (hash(seed) % 49)}`;
    case 'date':
      return `19${30 + (hash(seed) % 60)}-0${row + 1}-2${hash(seed) % 9}`;
    case 'count':
      return String(700_000_000 + (hash(seed) % 99_999_999) + row);
    case 'boolean':
    case 'negation':
      return 'f';
    case 'code_system':
      return 'SNOMED CT';
    case 'number':
      return String(800_000_000 + (hash(seed) % 99_999_999) + row);
    case 'file':
      return Buffer.from(`%PDF-1.4 ${word(seed, row)}`).toString('base64');
    case 'key':
    case 'id':
    case 'code':
    case 'text':
    case 'line':
    case 'place':
    case 'name':
      return listed[column] ?? word(seed, row);
  }
}

const listed: Readonly<Record<string, string>> = { status: 'active', kind: 'note', panel_status: 'final' };

/** Syllables that make no word of any message, ten letters and more, always the same for the same place. */
export function word(seed: string, row: number): string {
  const syllables = ['zu', 'qo', 'xy', 'vaj', 'wiq', 'zöp', 'kru', 'jix', 'fyz', 'quv'];
  let rest = hash(`${seed}/${row}`);
  let made = 'Z';
  for (let count = 0; count < 5; count += 1) {
    made += syllables[rest % 10] ?? '';
    rest = Math.floor(rest / 10);
  }
  return made;
}

/** FNV-1a. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (const letter of text) state = Math.imul(state ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return state;
}
