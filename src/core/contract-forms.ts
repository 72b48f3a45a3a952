import type { Form } from './cleaned-row.ts';
import type { EncounterColumn, PatientColumn } from './contract.ts';

/**
 * How each column of the main queries is taken; `section/column.ts` says it of the sections. Value sets of a patient are lines:
 * what says nothing there is a value of its own, `Unknown`.
 */
export const patientForms: Readonly<Record<PatientColumn, Form>> = {
  patient_id: 'key',
  mrn: 'key',
  updated_at: 'key',
  first_name: 'name',
  middle_name: 'name',
  last_name: 'name',
  birth_date: 'word',
  sex: 'line',
  race: 'line',
  ethnicity: 'line',
  marital_status: 'line',
  language: 'line',
  religion: 'place',
  ssn: 'word',
  street_address: 'place',
  city: 'place',
  state: 'word',
  zip: 'word',
  county: 'place',
  country: 'word',
  home_phone: 'word',
  office_phone: 'word',
  mobile_phone: 'word',
  email: 'word',
  deceased: 'word',
  deceased_at: 'word',
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
