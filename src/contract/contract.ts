/**
 * The contract with an EHR: the columns of its queries, and the shape of a row of each entity.
 *
 * A value is null or the text that Postgres prints for it (the session is pinned to ISO dates and UTC). The scan and
 * the fetch therefore see the same bytes; `time.ts` and the value sets parse the text later.
 */
import { saysNothingAsId } from '../values/word.ts';

/** The entities that are compared with the ledger, in the order in which a run handles them. */
export const entities = ['patient', 'merge', 'encounter'] as const;
export type Entity = (typeof entities)[number];

/** What a call, or a line of a report, is about: a row of the EHR, or the summary of a patient, whose key is the patient's. */
export const subjects = [...entities, 'summary'] as const;
export type Subject = (typeof subjects)[number];

export const isSubject = (text: string | undefined): text is Subject => subjects.some((subject) => subject === text);

export const patientColumns = [
  'patient_id',
  'mrn',
  'updated_at',
  'first_name',
  'middle_name',
  'last_name',
  'birth_date',
  'sex',
  'race',
  'ethnicity',
  'marital_status',
  'language',
  'religion',
  'ssn',
  'street_address',
  'city',
  'state',
  'zip',
  'county',
  'country',
  'home_phone',
  'office_phone',
  'mobile_phone',
  'email',
  'deceased',
  'deceased_at',
  'suffix',
  'former_last_name',
  'contact_first_name',
  'contact_last_name',
  'contact_relation',
  'contact_role',
  'contact_home_phone',
  'contact_office_phone',
  'contact_mobile_phone',
  'contact_email',
  'contact_street_address',
  'contact_city',
  'contact_state',
  'contact_zip',
  'contact_county',
  'contact_country',
  'summary_version',
  'identifiers_version',
] as const;
export type PatientColumn = (typeof patientColumns)[number];

export const encounterColumns = [
  'encounter_id',
  'patient_id',
  'updated_at',
  'class',
  'status',
  'started_at',
  'ended_at',
  'type_code',
  'type_code_system',
  'type_name',
  'reason_code',
  'reason_code_system',
  'reason_name',
  'facility_id',
  'facility_name',
  'department',
  'provider_id',
  'provider_npi',
  'provider_first_name',
  'provider_last_name',
  'discharge_disposition',
  'clinical_version',
  'provider_credentials',
  'provider_specialty_code',
  'provider_specialty_code_system',
  'provider_specialty_name',
  'provider_phone',
  'provider_email',
  'provider_street_address',
  'provider_city',
  'provider_state',
  'provider_zip',
  'provider_county',
  'provider_country',
  'facility_npi',
  'facility_type_code',
  'facility_type_code_system',
  'facility_type_name',
  'facility_phone',
  'facility_street_address',
  'facility_city',
  'facility_state',
  'facility_zip',
  'facility_country',
  'room',
  'confidentiality',
] as const;
export type EncounterColumn = (typeof encounterColumns)[number];

export const mergeColumns = ['retired_patient_id', 'surviving_patient_id', 'merged_at'] as const;
export type MergeColumn = (typeof mergeColumns)[number];

/** One patient as the contract returns it; a column that the contract omits is null. */
export type PatientRow = Readonly<Record<Exclude<PatientColumn, 'patient_id'>, string | null>> & {
  readonly patient_id: string;
};

/** One encounter as the contract returns it; a column that the contract omits is null. */
export type EncounterRow = Readonly<Record<Exclude<EncounterColumn, 'encounter_id' | 'patient_id'>, string | null>> & {
  readonly encounter_id: string;
  readonly patient_id: string;
};

/** Each query's columns in canonical order, and those that it must return. */
export const contract = {
  patient: { columns: patientColumns, required: ['patient_id'], key: 'patient_id' },
  encounter: { columns: encounterColumns, required: ['encounter_id', 'patient_id'], key: 'encounter_id' },
  merge: {
    columns: mergeColumns,
    required: ['retired_patient_id', 'surviving_patient_id'],
    key: 'retired_patient_id',
  },
} as const satisfies Record<Entity, { columns: readonly string[]; required: readonly string[]; key: string }>;

/** The columns of a row's line and fingerprint: the contract's, in its order, without `updated_at`. */
export const canonicalColumns: Readonly<Record<Entity, readonly string[]>> = {
  patient: contract.patient.columns.filter((column) => column !== 'updated_at'),
  encounter: contract.encounter.columns.filter((column) => column !== 'updated_at'),
  merge: contract.merge.columns,
};

/** The columns of a scan's line behind `updated_at`, of those that the site provides. */
export const scannedColumns = (entity: Entity, given: { has(column: string): boolean }): readonly string[] =>
  canonicalColumns[entity].filter((column) => given.has(column));

/** The MRN that Redox receives: `patient_id`, where `mrn` is empty or a word for "nothing". */
export const mrnOf = (row: PatientRow): string =>
  row.mrn === null || saysNothingAsId(row.mrn) ? row.patient_id : row.mrn;
