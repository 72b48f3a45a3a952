import { isDamaged } from '../../values/damage.ts';
import { type Section, sectionColumns, type SectionRows, sections } from '../section.ts';
import type { Row } from './rows.ts';

/**
 * Did damage remove the name of a row's subject? A lost detail is acceptable: a code that lost its name, or a missing
 * severity. An allergy to an unknown substance, or a note that lost its text, is unacceptable.
 */
export const isNamelessNow = (rows: SectionRows): boolean =>
  sections.some((section) => {
    const given: readonly Row[] = rows[section] ?? [];
    return given.some((row) => Object.values(row).some(isDamagedValue) && isNameless(section, row));
  });

const isNameless = (section: Section, row: Row): boolean =>
  namings(section).some(
    (columns) =>
      columns.some((column) => isDamagedValue(row[column] ?? null)) &&
      !columns.some((column) => isIntact(row[column] ?? null)),
  );

/**
 * The columns that name a row's subject: its code and its name; a note's text; a person's last name. Other codes only
 * describe it.
 */
const names: readonly (readonly string[])[] = [
  ['code', 'name'],
  ['substance_code', 'substance_name'],
  ['text', 'file_contents'],
  ['last_name'],
];

const namings = (section: Section): readonly (readonly string[])[] => {
  const columns: readonly string[] = sectionColumns(section);
  return names.filter(([column = '']) => columns.includes(column));
};

const isDamagedValue = (value: string | null): boolean => value !== null && isDamaged(value);
const isIntact = (value: string | null): boolean => value !== null && value !== '' && !isDamaged(value);
