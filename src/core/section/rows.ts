import { sectionColumns, sections, type Section, type SectionRows } from '../section.ts';

/** A row of any section. */
export type Row = Readonly<Record<string, string | null>>;

/**
 * Rows in the order of their text, each once, with the columns of the contract and no others: the order in which a
 * database happens to give them says nothing, and neither does a row that says what another says.
 */
export const inOrder = (section: Section, rows: readonly Row[]): readonly Row[] => {
  const columns = sectionColumns(section);
  const byText = new Map(rows.map((row) => [textOf(row, columns), row]));
  return [...byText]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([, row]) => Object.fromEntries(columns.map((column) => [column, row[column] ?? null])));
};

/** Different values never give the same text. */
export const textOf = (row: Row, columns: readonly string[]): string =>
  JSON.stringify(columns.map((column) => row[column] ?? null));

/**
 * Section, text, section, text … of the sections that have rows: what is to be fingerprinted of them. Columns that are
 * null leave no trace, so a release that knows one column more does not change the text of rows that do not have it.
 */
export const sectionTexts = (rows: SectionRows): readonly string[] =>
  sections.flatMap((section) => {
    const said = inOrder(section, rows[section] ?? []).map((row) =>
      Object.entries(row).filter(([, value]) => value !== null),
    );
    return said.length === 0 ? [] : [section, JSON.stringify(said)];
  });
