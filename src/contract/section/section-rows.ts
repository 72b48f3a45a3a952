import { sections, type Section, type SectionRows } from '../section.ts';
import { inOrder } from './rows.ts';

/** What the ledger's column can hold. */
const most = 32_767;

/**
 * How many rows each section of a visit has, in the order of `section.ts`; one that says what another says does not count, lest it
 * stand in for one that could not be read. The ledger keeps it with the visit that was told: fewer rows
 * from a damaged source may be a medication or an allergy that nobody could read.
 */
export const sectionRowCounts = (rows: SectionRows): readonly number[] =>
  sections.map((section) => Math.min(most, inOrder(section, rows[section] ?? []).length));

/** What the list, in the order of `section.ts`, says of this section; null where that is not known. */
export const ofSection = (list: readonly number[] | null, section: Section): number | null =>
  list?.[sections.indexOf(section)] ?? null;
