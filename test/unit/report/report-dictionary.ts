import { openPage } from './markdown-page.ts';

/** `reports/README.md` as data. */
const page = openPage('reports/README.md');

export const dictionaryTable = page.table;

export const dictionaryColumn = (heading: string, column: string): readonly string[] =>
  page.table(heading).map((row) => row[column] ?? '');

export const dictionaryHeadings = (): readonly string[] => page.headings;

/** The first sentence of a section: what one row is. */
export const grainOf = (heading: string): string => page.section(heading).find((line) => line !== '') ?? '';
