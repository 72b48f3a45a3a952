/** The tables of OMOP's CDM 5.4 that the contract reads, with the columns that it reads, and a warehouse of three persons. */

export const identityTable =
  'CREATE TABLE person_identity (person_id bigint PRIMARY KEY, mrn text, first_name text, middle_name text, last_name text, phone text, email text)';

const coded = (name: string): string =>
  `${name}_concept_id integer NOT NULL DEFAULT 0, ${name}_source_concept_id integer DEFAULT 0, ${name}_source_value varchar(50)`;

export const omopTables = `
CREATE TABLE concept (concept_id integer PRIMARY KEY, concept_name varchar(255), vocabulary_id varchar(20), concept_code varchar(50));
CREATE TABLE location (location_id integer PRIMARY KEY, address_1 varchar(50), address_2 varchar(50), city varchar(50), state varchar(2), zip varchar(9), county varchar(20));
CREATE TABLE person (person_id bigint PRIMARY KEY, gender_concept_id integer, year_of_birth integer, month_of_birth integer, day_of_birth integer, race_concept_id integer DEFAULT 0, ethnicity_concept_id integer DEFAULT 0, location_id integer);
CREATE TABLE death (person_id bigint, death_date date);
CREATE TABLE care_site (care_site_id integer PRIMARY KEY, care_site_name varchar(255));
CREATE TABLE provider (provider_id integer PRIMARY KEY, provider_name varchar(255), npi varchar(20));
CREATE TABLE visit_occurrence (visit_occurrence_id bigint PRIMARY KEY, person_id bigint, visit_concept_id integer, visit_start_date date, visit_start_datetime timestamp, visit_end_date date, visit_end_datetime timestamp, visit_type_concept_id integer DEFAULT 32817, provider_id integer, care_site_id integer, discharged_to_concept_id integer DEFAULT 0, discharged_to_source_value varchar(50));
CREATE TABLE condition_occurrence (condition_occurrence_id bigint PRIMARY KEY, visit_occurrence_id bigint, ${coded('condition')}, condition_start_date date, condition_end_date date);
CREATE TABLE drug_exposure (drug_exposure_id bigint PRIMARY KEY, visit_occurrence_id bigint, ${coded('drug')}, drug_exposure_start_date date, drug_exposure_end_date date, verbatim_end_date date, sig text, quantity numeric, refills integer, route_concept_id integer DEFAULT 0, route_source_value varchar(50), dose_unit_source_value varchar(50), lot_number varchar(50));
CREATE TABLE procedure_occurrence (procedure_occurrence_id bigint PRIMARY KEY, visit_occurrence_id bigint, ${coded('procedure')}, procedure_date date, procedure_datetime timestamp);
CREATE TABLE measurement (measurement_id bigint PRIMARY KEY, visit_occurrence_id bigint, ${coded('measurement')}, measurement_date date, measurement_datetime timestamp, operator_concept_id integer DEFAULT 0, value_as_number numeric, value_as_concept_id integer DEFAULT 0, unit_concept_id integer DEFAULT 0, unit_source_value varchar(50), range_low numeric, range_high numeric, value_source_value varchar(50));
CREATE TABLE device_exposure (device_exposure_id bigint PRIMARY KEY, visit_occurrence_id bigint, ${coded('device')}, device_exposure_end_date date, unique_device_id varchar(255));
CREATE TABLE note (note_id bigint PRIMARY KEY, visit_occurrence_id bigint, note_date date, note_datetime timestamp, note_class_concept_id integer DEFAULT 0, note_title varchar(250), note_text text);
CREATE TABLE payer_plan_period (payer_plan_period_id bigint PRIMARY KEY, person_id bigint, payer_plan_period_start_date date, payer_plan_period_end_date date, payer_concept_id integer DEFAULT 0, payer_source_value varchar(50), plan_concept_id integer DEFAULT 0, plan_source_value varchar(50));
`;

export const omopRows = `
INSERT INTO concept VALUES (9201, 'Inpatient Visit', 'Visit', 'IP'), (9202, 'Outpatient Visit', 'Visit', 'OP'), (8527, 'White', 'Race', '5'), (38003564, 'Not Hispanic or Latino', 'Ethnicity', 'Not Hispanic'),
  (320128, 'Essential hypertension', 'SNOMED', '59621000'), (35207668, 'Essential (primary) hypertension', 'ICD10CM', 'I10'), (19019979, 'Lisinopril 10 MG Oral Tablet', 'RxNorm', '314076'), (40213154, 'Influenza, injectable', 'CVX', '140'),
  (3004249, 'Systolic blood pressure', 'LOINC', '8480-6'), (3004501, 'Glucose [Mass/volume]', 'LOINC', '2345-7'), (8876, 'millimeter mercury column', 'UCUM', 'mm[Hg]'), (8840, 'milligram per deciliter', 'UCUM', 'mg/dL'),
  (4171756, '<', 'SNOMED', '276136004'), (4132161, 'Oral', 'SNOMED', '26643006'), (4030331, 'Appendectomy', 'SNOMED', '80146002');
INSERT INTO location VALUES (1, '1 Elm St', 'Apt 2', 'Madison', 'WI', '53703', 'Dane');
INSERT INTO person (person_id, gender_concept_id, year_of_birth, month_of_birth, day_of_birth, race_concept_id, ethnicity_concept_id, location_id) VALUES
  (1, 8532, 1980, 2, 29, 8527, 38003564, 1), (2, 8507, 1975, 11, 30, 0, 0, NULL), (3, 8507, 1990, NULL, NULL, 0, 0, NULL);
INSERT INTO person_identity VALUES (1, 'W-1', 'Ana', NULL, 'Lopez', '608-555-0101', NULL), (2, 'W-2', 'Bert', 'Q', 'Olsen', NULL, NULL);
INSERT INTO death VALUES (2, '2026-02-15'), (2, '2026-02-14');
INSERT INTO care_site VALUES (4, 'Great Clinic');
INSERT INTO provider VALUES (6, 'Grace Mwangi', '1234567893');
INSERT INTO visit_occurrence (visit_occurrence_id, person_id, visit_concept_id, visit_start_date, visit_start_datetime, visit_end_date, visit_end_datetime, provider_id, care_site_id, discharged_to_concept_id) VALUES
  (101, 1, 9202, '2026-02-10', '2026-02-10 09:00:00', '2026-02-10', '2026-02-10 10:00:00', 6, 4, 0), (102, 2, 9201, '2026-02-11', '2026-02-11 00:00:00', '2026-02-14', NULL, NULL, 4, 0), (103, 1, 9201, '2026-02-20', NULL, '2026-02-28', NULL, NULL, 4, 32220), (104, 3, 9202, '2026-02-10', NULL, '2026-02-10', NULL, NULL, NULL, 0);
INSERT INTO condition_occurrence VALUES (1, 101, 320128, 35207668, 'I10', '2020-01-01', NULL), (2, 102, 0, 0, 'local fever', '2026-02-11', NULL);
INSERT INTO drug_exposure (drug_exposure_id, visit_occurrence_id, drug_concept_id, drug_exposure_start_date, drug_exposure_end_date, sig, quantity, route_concept_id, lot_number) VALUES
  (1, 101, 19019979, '2026-02-10', '2026-03-10', 'once a day', 30, 4132161, NULL), (2, 101, 40213154, '2026-02-10', '2026-02-10', NULL, 1, 0, 'L-1');
INSERT INTO procedure_occurrence VALUES (1, 102, 4030331, 0, NULL, '2026-02-11', '2026-02-11 00:00:00');
INSERT INTO measurement (measurement_id, visit_occurrence_id, measurement_concept_id, measurement_date, measurement_datetime, operator_concept_id, value_as_number, unit_concept_id, range_low, range_high) VALUES
  (1, 101, 3004249, '2026-02-10', '2026-02-10 09:10:00', 0, 120, 8876, NULL, NULL), (2, 101, 3004501, '2026-02-10', '2026-02-10 00:00:00', 4171756, 95, 8840, 70, 99);
INSERT INTO device_exposure VALUES (1, 101, 0, 0, 'Walking frame', NULL, NULL);
INSERT INTO note VALUES (1, 101, '2026-02-10', '2026-02-10 00:00:00', 0, 'Progress', 'Feels well.');
INSERT INTO payer_plan_period VALUES (1, 1, '2026-01-01', '2026-12-31', 0, 'Medicare', 0, 'Part B');
`;
