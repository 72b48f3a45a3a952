import { isDamaged } from '../../values/damage.ts';
import { type Section, sectionColumns, type SectionRows, sections } from '../section.ts';
import type { Row } from './rows.ts';

/**
 * Does a row of the visit not say any more what it is of, because bytes of it could not be read? A field that was left out is bearable:
 * of a code and its name one is enough, and a severity may be missing. An allergy to nobody knows what, and a note without its text, are not.
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

/** What names the thing that a row is of: its code and its name; of a note its text. What else is coded only describes it. */
const names: readonly (readonly string[])[] = [['code', 'name'], ['substance_code', 'substance_name'], ['text']];

const namings = (section: Section): readonly (readonly string[])[] => {
  const columns: readonly string[] = sectionColumns(section);
  return names.filter(([column = '']) => columns.includes(column));
};

const isDamagedValue = (value: string | null): boolean => value !== null && isDamaged(value);
const isIntact = (value: string | null): boolean => value !== null && value !== '' && !isDamaged(value);
