import { sections, type SectionRows } from '../section.ts';
import { inOrder, inOrderOf } from './rows.ts';
import { detailColumns, type PatientDetails, patientDetails } from '../patient-details.ts';

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
  patientDetails.map((part) => Math.min(most, inOrderOf(detailColumns[part], details[part] ?? []).length));
