import { isDamaged } from '../../values/damage.ts';
import { type PatientDetail, type PatientDetails, patientDetails } from '../patient-details.ts';
import { type Section, sectionColumns, type SectionRows, sections } from '../section.ts';
import type { Row } from './rows.ts';

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
