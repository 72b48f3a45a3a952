import { sections, type Section, type SectionRows } from '../section.ts';
import { inOrder } from './rows.ts';

/** The largest value of the ledger's column (smallint). */
const most = 32_767;

/**
 * How many distinct rows each section of a visit has, in the order of `section.ts`. A duplicate is not counted, so that
 * it cannot hide a lost row. The ledger stores these counts with the sent visit: fewer rows from a damaged source may
 * mean a lost medication or allergy.
 */
export const sectionRowCounts = (rows: SectionRows): readonly number[] =>
  sections.map((section) => Math.min(most, inOrder(section, rows[section] ?? []).length));

/** This section's entry of the list; null if it is unknown. */
export const ofSection = (list: readonly number[] | null, section: Section): number | null =>
  list?.[sections.indexOf(section)] ?? null;
