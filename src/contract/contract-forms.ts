import type { Form } from './row/cleaned-row.ts';
import type { EncounterColumn, PatientColumn } from './contract.ts';

/**
 * The form of each column of the main queries; `section/column.ts` has those of the sections. Dates and value sets of a
 * patient are lines: only their readers see them, and each reader recognises words for "nothing" itself.
 */
export const patientForms: Readonly<Record<PatientColumn, Form>> = {
  patient_id: 'key',
  mrn: 'key',
  updated_at: 'key',
  first_name: 'name',
  middle_name: 'name',
  last_name: 'name',
  birth_date: 'line',
  sex: 'line',
  race: 'line',
  ethnicity: 'line',
  marital_status: 'line',
  language: 'line',
  religion: 'place',
  ssn: 'line',
  street_address: 'place',
  city: 'place',
  state: 'line',
  zip: 'line',
  county: 'place',
  country: 'line',
  home_phone: 'line',
  office_phone: 'line',
  mobile_phone: 'line',
  email: 'line',
  deceased: 'line',
  deceased_at: 'line',
};

export const encounterForms: Readonly<Record<EncounterColumn, Form>> = {
  encounter_id: 'key',
  patient_id: 'key',
  updated_at: 'key',
  class: 'word',
  status: 'word',
  started_at: 'word',
  ended_at: 'word',
  type_code: 'code',
  type_code_system: 'code',
  type_name: 'line',
  reason_code: 'code',
  reason_code_system: 'code',
  reason_name: 'line',
  facility_id: 'id',
  facility_name: 'place',
  department: 'place',
  provider_id: 'id',
  provider_npi: 'word',
  provider_first_name: 'name',
  provider_last_name: 'name',
  discharge_disposition: 'line',
  clinical_version: 'key',
};
