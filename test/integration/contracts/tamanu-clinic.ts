/** The tables of Tamanu that the contract reads, with the columns that it reads, and a clinic of four patients. */

const kept = 'updated_at timestamptz NOT NULL DEFAULT now(), deleted_at timestamptz';

export const tamanuTables = `
CREATE DOMAIN date_time_string AS char(19);
CREATE DOMAIN date_string AS char(10);
CREATE TABLE reference_data (id varchar(255) PRIMARY KEY, code varchar(255), type varchar(255), name text, ${kept});
CREATE TABLE patients (id varchar(255) PRIMARY KEY, display_id varchar(255) NOT NULL, first_name varchar(255), middle_name varchar(255), last_name varchar(255), date_of_birth date_string, date_of_death date_time_string, sex varchar(255), email varchar(255), village_id varchar(255), visibility_status varchar(255) DEFAULT 'current', merged_into_id varchar(255), ${kept});
CREATE TABLE patient_additional_data (patient_id varchar(255) PRIMARY KEY, ethnicity_id varchar(255), religion_id varchar(255), division_id varchar(255), country_id varchar(255), marital_status varchar(255), street_village varchar(255), city_town varchar(255), primary_contact_number varchar(255), secondary_contact_number varchar(255), emergency_contact_name varchar(255) DEFAULT '', emergency_contact_number varchar(255) DEFAULT '', ${kept});
CREATE TABLE facilities (id varchar(255) PRIMARY KEY, name varchar(255));
CREATE TABLE locations (id varchar(255) PRIMARY KEY, facility_id varchar(255));
CREATE TABLE departments (id varchar(255) PRIMARY KEY, name varchar(255));
CREATE TABLE users (id varchar(255) PRIMARY KEY, display_name varchar(255));
CREATE TABLE encounters (id varchar(255) PRIMARY KEY, encounter_type varchar(31), start_date date_time_string, end_date date_time_string, reason_for_encounter text, patient_id varchar(255), examiner_id varchar(255), location_id varchar(255), department_id varchar(255), ${kept});
CREATE TABLE discharges (id varchar(255) PRIMARY KEY, encounter_id varchar(255), disposition_id varchar(255), ${kept});
CREATE TABLE encounter_diagnoses (id varchar(255) PRIMARY KEY, encounter_id varchar(255), diagnosis_id varchar(255), certainty varchar(255), is_primary boolean, date date_time_string, ${kept});
CREATE TABLE encounter_prescriptions (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), encounter_id varchar(255), prescription_id varchar(255), is_selected_for_discharge boolean NOT NULL DEFAULT false, ${kept});
CREATE TABLE prescriptions (id varchar(255) PRIMARY KEY, medication_id varchar(255), date date_time_string, start_date date_time_string, end_date date_time_string, dose_amount numeric, units varchar(255) NOT NULL DEFAULT '', frequency varchar(255) NOT NULL DEFAULT '', route varchar(255), notes varchar(255), indication varchar(255), is_prn boolean, quantity integer, repeats integer, discontinued boolean, discontinued_date varchar(255), ${kept});
CREATE TABLE scheduled_vaccines (id varchar(255) PRIMARY KEY, label varchar(255), vaccine_id varchar(255));
CREATE TABLE administered_vaccines (id varchar(255) PRIMARY KEY, encounter_id varchar(255), scheduled_vaccine_id varchar(255), vaccine_name text, vaccine_brand text, batch varchar(255), status varchar(255), reason varchar(255), not_given_reason_id varchar(255), date date_time_string, ${kept});
CREATE TABLE procedures (id varchar(255) PRIMARY KEY, encounter_id varchar(255), procedure_type_id varchar(255), date date_time_string, start_time date_time_string, completed boolean, note text, completed_note text, ${kept});
CREATE TABLE lab_requests (id varchar(255) PRIMARY KEY, encounter_id varchar(255), status varchar(255), lab_test_category_id varchar(255), sample_time date_time_string, sample_id varchar(255), ${kept});
CREATE TABLE lab_tests (id varchar(255) PRIMARY KEY, lab_request_id varchar(255), lab_test_type_id varchar(255), result varchar(255) NOT NULL DEFAULT '', date date_string, completed_date date_time_string, ${kept});
CREATE TABLE lab_test_types (id varchar(255) PRIMARY KEY, code varchar(255), name varchar(255), unit varchar(255), male_min double precision, male_max double precision, female_min double precision, female_max double precision, range_text varchar(255));
CREATE TABLE surveys (id varchar(255) PRIMARY KEY, survey_type varchar(255));
CREATE TABLE survey_responses (id varchar(255) PRIMARY KEY, survey_id varchar(255), encounter_id varchar(255), start_time date_time_string, end_time date_time_string, ${kept});
CREATE TABLE survey_response_answers (id varchar(255) PRIMARY KEY, response_id varchar(255), data_element_id varchar(255), body text, ${kept});
CREATE TABLE program_data_elements (id varchar(255) PRIMARY KEY, code varchar(255), name varchar(255));
CREATE TABLE notes (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), record_id varchar(255), record_type varchar(255), note_type varchar(255), date date_time_string, content text, visibility_status text DEFAULT 'current', revised_by_id uuid, ${kept});
CREATE TABLE imaging_requests (id varchar(255) PRIMARY KEY, encounter_id varchar(255), imaging_type varchar(31), status varchar(31) NOT NULL DEFAULT 'completed', ${kept});
CREATE TABLE imaging_results (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), imaging_request_id varchar(255), description text, completed_at date_time_string, visibility_status text DEFAULT 'current', ${kept});
CREATE TABLE patient_allergies (id varchar(255) PRIMARY KEY, patient_id varchar(255), allergy_id varchar(255), reaction_id varchar(255), recorded_date date_time_string, note varchar(255), ${kept});
CREATE TABLE patient_conditions (id varchar(255) PRIMARY KEY, patient_id varchar(255), condition_id varchar(255), resolved boolean, recorded_date date_time_string, resolution_date date_time_string, note varchar(255), ${kept});
CREATE TABLE patient_family_histories (id varchar(255) PRIMARY KEY, patient_id varchar(255), diagnosis_id varchar(255), relationship varchar(255), recorded_date date_time_string, note varchar(255), ${kept});
CREATE TABLE patient_care_plans (id varchar(255) PRIMARY KEY, patient_id varchar(255), care_plan_id varchar(255), date date_time_string, ${kept});
`;

/** The tables of a visit's content. */
export const tamanuContent = (
  'encounter_diagnoses prescriptions administered_vaccines procedures lab_requests lab_tests survey_responses survey_response_answers ' +
  'notes imaging_requests imaging_results patient_allergies patient_conditions patient_family_histories patient_care_plans'
).split(' ');

const firstNote = '3a4c1f50-0000-4000-8000-00000000abcd';
const at = "'2026-02-10 09:20:00'";

export const tamanuRows = `
INSERT INTO reference_data VALUES ('d-1', 'I10', 'diagnosis', 'Hypertension'), ('d-2', 'B54', 'diagnosis', 'Malaria'), ('r-1', 'LIS10', 'drug', 'Lisinopril 10 mg'), ('a-1', 'PEN', 'allergy', 'Penicillin'), ('a-2', 'RASH', 'reaction', 'Rash'),
  ('v-1', 'FLU', 'vaccine', 'Influenza vaccine'), ('p-1', '44950', 'procedureType', 'Appendectomy'), ('l-1', 'CHEM', 'labTestCategory', 'Chemistry'), ('c-1', 'NCD', 'carePlan', 'Heart plan'), ('x-1', 'HOME', 'dischargeDisposition', 'Home'), ('s-1', 'NN', 'village', 'Nadi');
INSERT INTO patients (id, display_id, first_name, last_name, date_of_birth, sex, village_id) VALUES
  ('1-a', 'T-1', 'Ana', 'Lopez', '1980-02-29', 'female', 's-1'), ('2-b', 'T-2', 'Bert', 'Olsen', '1975-11-30', 'male', NULL), ('3-c', 'T-3', 'Berti', 'Olsen', '1975-11-30', 'male', NULL);
INSERT INTO patients (id, display_id, first_name, last_name, date_of_birth, sex, deleted_at) VALUES ('4-d', 'T-4', 'Wrong', 'Entry', '1990-01-31', 'other', now());
INSERT INTO patient_additional_data (patient_id, street_village, primary_contact_number, emergency_contact_name, emergency_contact_number) VALUES ('1-a', '1 Elm St', '608-555-0101', 'Mary Lopez', '608-555-0102');
INSERT INTO facilities VALUES ('f-1', 'Great Clinic');
INSERT INTO locations VALUES ('loc-1', 'f-1');
INSERT INTO departments VALUES ('dep-1', 'Medicine');
INSERT INTO users VALUES ('u-1', 'Grace Mwangi');
INSERT INTO encounters (id, encounter_type, start_date, end_date, reason_for_encounter, patient_id, examiner_id, location_id, department_id) VALUES
  ('e-1', 'clinic', '2026-02-10 09:00:00', '2026-02-10 10:00:00', 'cough', '1-a', 'u-1', 'loc-1', 'dep-1'), ('e-2', 'admission', '2026-02-11 09:00:00', '2026-02-14 10:00:00', NULL, '2-b', 'u-1', 'loc-1', 'dep-1'),
  ('e-3', 'emergency', '2026-02-12 09:00:00', NULL, NULL, '2-b', NULL, NULL, NULL), ('e-4', 'clinic', '2026-02-13 09:00:00', '2026-02-13 10:00:00', NULL, '3-c', NULL, NULL, NULL), ('e-5', 'surveyResponse', ${at}, ${at}, NULL, '1-a', NULL, NULL, NULL);
INSERT INTO discharges VALUES ('dis-1', 'e-2', 'x-1', now()), ('dis-2', 'e-2', NULL, now() - interval '1 hour');
INSERT INTO encounter_diagnoses VALUES ('1', 'e-1', 'd-1', 'confirmed', true, ${at}), ('2', 'e-2', 'd-2', 'confirmed', true, ${at}), ('3', 'e-1', 'd-2', 'error', false, ${at});
INSERT INTO prescriptions (id, medication_id, date, start_date, dose_amount, units, frequency, route, quantity) VALUES ('rx-1', 'r-1', ${at}, ${at}, 10, 'mg', 'Daily', 'oral', 30);
INSERT INTO encounter_prescriptions (encounter_id, prescription_id) VALUES ('e-1', 'rx-1');
INSERT INTO scheduled_vaccines VALUES ('sv-1', 'Flu', 'v-1');
INSERT INTO administered_vaccines (id, encounter_id, scheduled_vaccine_id, batch, status, date) VALUES ('1', 'e-1', 'sv-1', 'L-1', 'GIVEN', ${at});
INSERT INTO procedures (id, encounter_id, procedure_type_id, date, completed) VALUES ('1', 'e-1', 'p-1', ${at}, true);
INSERT INTO lab_requests (id, encounter_id, status, lab_test_category_id) VALUES ('lr-1', 'e-1', 'published', 'l-1');
INSERT INTO lab_test_types VALUES ('lt-1', 'GLU', 'Glucose', 'mg/dL', 70, 99, 70, 99, NULL);
INSERT INTO lab_tests (id, lab_request_id, lab_test_type_id, result, date) VALUES ('1', 'lr-1', 'lt-1', '95', '2026-02-10');
INSERT INTO surveys VALUES ('s-vitals', 'vitals');
INSERT INTO program_data_elements VALUES ('el-1', 'PatientVitalsSBP', 'SBP'), ('el-2', 'Other', 'Other');
INSERT INTO survey_responses (id, survey_id, encounter_id, start_time) VALUES ('sr-1', 's-vitals', 'e-1', ${at});
INSERT INTO survey_response_answers (id, response_id, data_element_id, body) VALUES ('1', 'sr-1', 'el-1', '120'), ('2', 'sr-1', 'el-2', 'yes');
INSERT INTO notes (id, record_id, record_type, note_type, date, content, revised_by_id) VALUES ('${firstNote}', 'e-1', 'Encounter', 'clinicalMobile', ${at}, 'Feels ill.', NULL), (gen_random_uuid(), 'e-1', 'Encounter', NULL, ${at}, 'Feels well.', '${firstNote}'), (gen_random_uuid(), 'e-1', 'Encounter', 'system', ${at}, 'Changed location.', NULL);
INSERT INTO imaging_requests VALUES ('im-1', 'e-1', 'xRay', 'completed'), ('im-2', 'e-1', 'ctScan', 'entered_in_error');
INSERT INTO imaging_results (imaging_request_id, description, completed_at) VALUES ('im-1', 'Clear lungs.', ${at}), ('im-2', 'Of somebody else.', ${at});
INSERT INTO patient_allergies VALUES ('1', '1-a', 'a-1', 'a-2', ${at}), ('2', '1-a', 'a-1', NULL, '2026-03-01 09:00:00');
INSERT INTO patient_conditions (id, patient_id, condition_id, resolved, recorded_date) VALUES ('1', '1-a', 'd-1', false, ${at});
INSERT INTO patient_family_histories VALUES ('1', '1-a', 'd-2', 'mother', ${at});
INSERT INTO patient_care_plans VALUES ('1', '1-a', 'c-1', ${at});
`;

/** What Tamanu does when patient 3-c is found to be patient 2-b, where its settings delete the retired patient. */
export const tamanuMerge = `
UPDATE encounters SET patient_id = '2-b', updated_at = now() WHERE patient_id = '3-c';
UPDATE patients SET merged_into_id = '2-b', visibility_status = 'merged', updated_at = now(), deleted_at = now() WHERE id = '3-c';
`;
