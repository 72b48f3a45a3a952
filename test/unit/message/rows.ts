import {
  encounterColumns,
  patientColumns,
  type EncounterRow,
  type PatientRow,
} from '../../../src/contract/contract.ts';
import { usualFillerDates } from '../../../src/values/time/event-time.ts';
import type { MessageContext } from '../../../src/message/context.ts';
import type { DocumentVersion } from '../../../src/message/document/header.ts';
import type { Push } from '../../../src/message/document/visit.ts';

/** Rows as the contract gives them: every column there, null where nothing is said. */
export const patientRow = (values: Partial<PatientRow> & Pick<PatientRow, 'patient_id'>): PatientRow => ({
  ...(Object.fromEntries(patientColumns.map((column) => [column, null])) as unknown as PatientRow),
  ...values,
});

export const encounterRow = (
  values: Partial<EncounterRow> & Pick<EncounterRow, 'encounter_id' | 'patient_id'>,
): EncounterRow => ({
  ...(Object.fromEntries(encounterColumns.map((column) => [column, null])) as unknown as EncounterRow),
  ...values,
});

export const context: MessageContext = {
  test: true,
  sourceId: '7ce6f387-c33c-417d-8682-81e83628cbd9',
  destinationId: '3a1e6b2f-5ad4-4ac0-8c1f-3c54dd6f9a10',
  patientOid: '2.16.840.1.113883.3.6147.458.12345.1.1.2.1',
  documentOid: '2.16.840.1.113883.3.6147.458.12345.1.1.3.1',
  organizationOid: '2.16.840.1.113883.3.6147.458.12345.1.1.1.1',
  documentType: 'code',
  zipFormat: 'five',
  sendSsn: 'patients',
  network: { name: 'carequality' },
  sender: null,
  ehrTimeZone: 'America/New_York',
  today: '2026-01-31',
  fillerDates: usualFillerDates,
};

/** A version made at a fixed time. */
export const versionOf = (number: number): DocumentVersion => ({
  number,
  madeAt: new Date('2026-01-31T08:15:00.000Z'),
});

export const push: Push = { mrn: '1', version: versionOf(1) };

/** Everything that a patient can say, each in a spelling that is not Redox's. */
export const fullPatient = patientRow({
  patient_id: '1042',
  mrn: 'MRN 1042/Ä',
  updated_at: '2024-11-02 03:04:05+00',
  first_name: ' Ana ',
  middle_name: 'María',
  last_name: "O'Neil-Núñez",
  birth_date: '1980-05-01 00:00:00',
  sex: 'F',
  race: '2106-3',
  ethnicity: 'nonhispanic',
  marital_status: 'W',
  language: 'en-US',
  religion: 'Quaker',
  ssn: '999175017',
  street_address: '12 Elm St, Apt 4',
  city: 'Somerville',
  state: 'Massachusetts',
  zip: '021550001',
  county: 'Middlesex',
  country: 'USA',
  home_phone: '(617) 555-0142 x7',
  office_phone: '1-617-555-0143',
  mobile_phone: '+1 617 555 0144',
  email: 'ana@example.org',
  deceased: 't',
  deceased_at: '2024-11-03 01:30:00',
});

export const sparsePatient = patientRow({
  patient_id: 'p-7',
  mrn: ' ',
  last_name: 'Doe',
  first_name: '   ',
  birth_date: 'infinity',
  sex: 'unknown',
  race: 'martian',
  state: 'XX',
  zip: '00000',
  home_phone: 'none',
  email: 'nobody',
  deceased: '',
});

export const outpatientVisit = encounterRow({
  encounter_id: '57f2562b/445c "a"',
  patient_id: '1042',
  class: 'outpatient',
  status: 'finished',
  started_at: '2023-01-27 11:17:47.123456',
  ended_at: '2023-01-27 11:32:47',
  type_code: '185345009',
  type_code_system: 'http://snomed.info/sct',
  type_name: 'Encounter for symptom',
  reason_code: 'J02.9',
  reason_code_system: 'ICD-10',
  reason_name: 'Acute pharyngitis, unspecified',
  facility_id: ' F 1',
  facility_name: 'Elm Street Clinic',
  department: 'Family Medicine',
  provider_id: '77',
  provider_npi: '1234567893',
  provider_first_name: 'Grace',
  provider_last_name: 'Okafor',
  discharge_disposition: null,
  clinical_version: '3',
});

export const inpatientVisit = encounterRow({
  encounter_id: 'IP-9',
  patient_id: '1042',
  class: 'inpatient',
  status: 'finished',
  started_at: '2024-11-03 01:50:00',
  ended_at: '2024-11-03 01:10:00',
  type_code: '99222',
  type_code_system: 'CPT',
  type_name: 'Hospital inpatient admission',
  reason_code: 'X-1',
  reason_code_system: 'House codes',
  facility_name: 'Memorial Hospital',
  provider_id: '78',
  provider_npi: '1234567890',
  provider_last_name: 'Stone',
  discharge_disposition: '01',
});

export const sparseVisit = encounterRow({ encounter_id: '1', patient_id: 'p-7', started_at: '2023-01-27' });
