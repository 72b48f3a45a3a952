import { sectionColumns, type Section, type SectionRows, sections } from '../section.ts';
import { detailColumns, type PatientDetails, patientDetails, type PatientDetail } from '../patient-details.ts';
import { isDamaged } from '../../values/damage.ts';

/** A row of any section. A column that the section lacks is null. */
export type Row = Readonly<Record<string, string | null>>;

/**
 * Distinct rows sorted by their text, so that the database's order and repeated rows make no difference. Only the
 * contract's columns count.
 */
export const inOrder = (section: Section, rows: readonly Row[]): readonly Row[] =>
  inOrderOf(sectionColumns(section), rows);

export const inOrderOf = <R extends Row>(columns: readonly string[], rows: readonly R[]): readonly R[] => {
  if (rows.length < 2) return rows;
  const ordered = rows.toSorted((one, other) => order(one, other, columns));
  return ordered.filter((row, index) => index === 0 || order(ordered[index - 1] ?? {}, row, columns) !== 0);
};

/** Compares by the first column that differs, in its JSON form. */
const order = (one: Row, other: Row, columns: readonly string[]): -1 | 0 | 1 => {
  for (const column of columns) {
    const value = one[column] ?? null;
    const otherValue = other[column] ?? null;
    if (value !== otherValue) return JSON.stringify(value) < JSON.stringify(otherValue) ? -1 : 1;
  }
  return 0;
};

/**
 * A text that tells rows apart by these columns: different values always give different texts. Empty where all of them
 * are null.
 */
export const textOf = (row: Row, columns: readonly string[]): string => {
  let text = '';
  for (let index = 0; index < columns.length; index += 1) {
    const value = row[columns[index] ?? ''] ?? null;
    if (value !== null) text += `${index}:${value.length}:${value}`;
  }
  return text;
};

/**
 * The rows of one section as text; null if it has none. Null columns are omitted, so a release that adds a column
 * leaves the text of existing rows as it was.
 */
export const sectionText = (section: Section, rows: SectionRows): string | null => {
  const given = rows[section] ?? [];
  return given.length === 0 ? null : rowsText(sectionColumns(section), given);
};

/** The rows as text. Different rows always give different texts. */
export const rowsText = (columns: readonly string[], rows: readonly Row[]): string =>
  JSON.stringify(inOrderOf(columns, rows).map((row) => valuesIn(row, columns)));

const valuesIn = (row: Row, columns: readonly string[]): readonly (readonly [string, string])[] => {
  const values: [string, string][] = [];
  for (const column of columns) {
    const value = row[column] ?? null;
    if (value !== null) values.push([column, value]);
  }
  return values;
};

/** The largest value of the ledger's column (smallint). */
const most = 32_767;

/**
 * How many distinct rows each section of a visit has, in the order of `section.ts`. A duplicate is not counted, so that
 * it cannot hide a lost row. The ledger stores these counts with the sent visit: fewer rows from a damaged source may
 * mean a lost medication or allergy.
 */
export const sectionRowCounts = (rows: SectionRows): readonly number[] =>
  sections.map((section) => Math.min(most, inOrder(section, rows[section] ?? []).length));

/** The same of a patient's own content, in the order of `patientDetails`. */
export const detailRowCounts = (details: PatientDetails): readonly number[] =>
  patientDetails.map((part) => Math.min(most, inOrderOf<Row>(detailColumns[part], details[part] ?? []).length));

/**
 * Did damage remove the name of a row's subject? A lost detail is acceptable: a code that lost its name, or a missing
 * severity. An allergy to an unknown substance, or a note that lost its text, is unacceptable.
 */
export const isNamelessNow = (rows: SectionRows): boolean =>
  sections.some((section) => hasNameless(rows[section], namings(section)));

/** The same of a patient's own content: also a column without which the message leaves the row out. */
export const isDetailLost = (details: PatientDetails): boolean =>
  patientDetails.some((part) => hasNameless(details[part], neededOf[part]));

/** Each list of columns names a row's subject; one readable column of it is enough. */
type Namings = readonly (readonly string[])[];

const hasNameless = (rows: readonly Row[] = [], names: Namings): boolean =>
  rows.some((row) => Object.values(row).some(isDamagedValue) && isNameless(names, row));

const isNameless = (names: Namings, row: Row): boolean =>
  names.some(
    (columns) =>
      columns.some((column) => isDamagedValue(row[column] ?? null)) &&
      !columns.some((column) => isIntact(row[column] ?? null)),
  );

/**
 * The columns that name a row's subject: its code and its name; a note's text; a person's last name; an insurance's plan
 * or company. Other codes only describe it.
 */
const names: Namings = [
  ['code', 'name'],
  ['substance_code', 'substance_name'],
  ['text', 'file_contents'],
  ['last_name'],
  ['plan_id', 'plan_name', 'company_id', 'company_name'],
];

const namings = (section: Section): Namings => {
  const columns: readonly string[] = sectionColumns(section);
  return names.filter(([column = '']) => columns.includes(column));
};

const neededOf: Readonly<Record<PatientDetail, Namings>> = {
  identifiers: [['id'], ['type']],
  care_team: [...namings('care_team'), ['primary_care']],
  insurances: namings('insurances'),
};

const isDamagedValue = (value: string | null): boolean => value !== null && isDamaged(value);
const isIntact = (value: string | null): boolean => value !== null && value !== '' && !isDamaged(value);
