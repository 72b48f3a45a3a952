import { sectionColumns, type SectionRow } from './section.ts';

/**
 * What a patient's own messages have besides the row of patients.sql: further identifiers, of `identifiers.sql`, and the
 * primary care clinician and the insurances, of `summary/`. They are fetched only for patients whose message is built,
 * so a change of them alone is noticed by `identifiers_version` and `summary_version` of the row.
 */
export interface PatientDetails {
  readonly identifiers?: readonly IdentifierRow[];
  readonly care_team?: readonly SectionRow<'care_team'>[];
  readonly insurances?: readonly SectionRow<'insurances'>[];
}

export const patientDetails = ['identifiers', 'care_team', 'insurances'] as const;
export type PatientDetail = (typeof patientDetails)[number];

export const noDetails: PatientDetails = {};

/** The columns of `identifiers.sql`, each with one phrase for people. */
export const identifierPhrases = {
  patient_id: 'The patient, as in patients.sql',
  id: 'A further identifier of the patient',
  type: 'Its type: `EHRID`, `DL`, an OID … A row without one is left out, and so is one of `PATIENT_OID`, the type of `mrn`',
} as const;
export type IdentifierColumn = keyof typeof identifierPhrases;

export const identifierColumns = ['patient_id', 'id', 'type'] as const satisfies readonly IdentifierColumn[];

/** Columns that the query must return. */
export const requiredIdentifierColumns = ['patient_id', 'id'] as const;

export type IdentifierRow = Readonly<Record<IdentifierColumn, string | null>>;

export const detailColumns: Readonly<Record<PatientDetail, readonly string[]>> = {
  identifiers: identifierColumns,
  care_team: sectionColumns('care_team'),
  insurances: sectionColumns('insurances'),
};

/** The file of the contract with these rows. */
export const detailFile = (detail: PatientDetail): string =>
  detail === 'identifiers' ? 'identifiers.sql' : `summary/${detail}.sql`;
