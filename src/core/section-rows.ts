import { sections, type Section, type SectionRows } from './section.ts';

/** What the ledger's column can hold. */
const most = 32_767;

/**
 * How many rows each section of a visit has, in the order of `section.ts`. The ledger keeps it with the visit that was told: fewer rows
 * from a damaged source may be a medication or an allergy that nobody could read.
 */
export const sectionRowCounts = (rows: SectionRows): readonly number[] =>
  sections.map((section) => Math.min(most, rows[section]?.length ?? 0));

/** How many rows of this section there were; null where that is not known. */
export const rowsOfSection = (counts: readonly number[] | null, section: Section): number | null =>
  counts?.[sections.indexOf(section)] ?? null;
