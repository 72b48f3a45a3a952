import { sectionColumns, sections, type Section, type SectionRows } from '../section.ts';

/** A row of any section. A column that it does not have is null. */
export type Row = Readonly<Record<string, string | null>>;

/**
 * Rows in the order of their text, each once: the order in which a database happens to give them says nothing, and neither
 * does a row that says what another says. Only the columns of the contract count.
 */
export const inOrder = (section: Section, rows: readonly Row[]): readonly Row[] => {
  if (rows.length < 2) return rows;
  const columns = sectionColumns(section);
  const ordered = rows.toSorted((one, other) => order(one, other, columns));
  return ordered.filter((row, index) => index === 0 || order(ordered[index - 1] ?? {}, row, columns) !== 0);
};

/** By the first column in which two rows differ, as JSON has its value. */
const order = (one: Row, other: Row, columns: readonly string[]): -1 | 0 | 1 => {
  for (const column of columns) {
    const value = one[column] ?? null;
    const otherValue = other[column] ?? null;
    if (value !== otherValue) return JSON.stringify(value) < JSON.stringify(otherValue) ? -1 : 1;
  }
  return 0;
};

/** Tells rows apart by these columns: different values never give the same text. Empty where none of them says anything. */
export const textOf = (row: Row, columns: readonly string[]): string => {
  let text = '';
  for (let index = 0; index < columns.length; index += 1) {
    const value = row[columns[index] ?? ''] ?? null;
    if (value !== null) text += `${index}:${value.length}:${value}`;
  }
  return text;
};

/** Section, text, section, text … of the sections that have rows: what is to be fingerprinted of them. */
export const sectionTexts = (rows: SectionRows): readonly string[] =>
  sections.flatMap((section) => {
    const text = sectionText(section, rows);
    return text === null ? [] : [section, text];
  });

/**
 * What the rows of one section say; null where it has none. Columns that are null leave no trace, so a release that knows one column
 * more does not change the text of rows that do not have it.
 */
export const sectionText = (section: Section, rows: SectionRows): string | null => {
  const given = rows[section] ?? [];
  if (given.length === 0) return null;
  const columns = sectionColumns(section);
  return JSON.stringify(inOrder(section, given).map((row) => saidIn(row, columns)));
};

const saidIn = (row: Row, columns: readonly string[]): readonly (readonly [string, string])[] => {
  const said: [string, string][] = [];
  for (const column of columns) {
    const value = row[column] ?? null;
    if (value !== null) said.push([column, value]);
  }
  return said;
};
