-- Creates the tables of a small EHR, from which the demo's contract translates.

-- name: create_tables
-- Takes the clinic away, if there is one, and makes its tables, empty but for its codes.

-- Takes the clinic away, if there is one.
DROP SCHEMA IF EXISTS clinic CASCADE;

-- A small EHR with tables of its own making: what a site's contract has to translate from.
-- Times of visits are zoneless and read on a wall in America/Chicago; `changed_at` is an instant.
CREATE SCHEMA clinic;

-- What the generator was given, so that a clinic opened again lives on in the same way. No real EHR has this.
-- One row.
CREATE TABLE clinic.made_from (
  seed integer NOT NULL,
  built_on date NOT NULL
);

-- One row per building.
CREATE TABLE clinic.facility (
  facility_code text PRIMARY KEY,
  name text NOT NULL
);

-- One row per department of a facility. `visit_kind` is what is done there.
CREATE TABLE clinic.department (
  department_id integer PRIMARY KEY,
  facility_code text NOT NULL REFERENCES clinic.facility,
  name text NOT NULL,
  visit_kind text NOT NULL CHECK (visit_kind IN ('OV', 'IP', 'ED', 'TV', 'HH', 'LAB'))
);

-- One row per clinician.
CREATE TABLE clinic.practitioner (
  practitioner_id bigint PRIMARY KEY,
  npi text,
  given_name text NOT NULL,
  family_name text NOT NULL
);

-- One row per registration: a person who was registered twice has two, until somebody merges them, and keeps both after.
-- The codes are as the registration desk entered them.
CREATE TABLE clinic.person (
  person_id bigint PRIMARY KEY,
  mrn text NOT NULL UNIQUE,
  given_name text,
  middle_name text,
  family_name text,
  born_on date,
  sex_code text,
  race_code text,
  ethnic_code text,
  marital_code text,
  language_code text,
  religion text,
  tax_number text,
  is_deceased boolean NOT NULL,
  died_at timestamp,
  changed_at timestamptz NOT NULL
);

-- One row per person with a known address.
CREATE TABLE clinic.person_address (
  person_id bigint PRIMARY KEY,
  street text,
  city text,
  state_code text,
  postal_code text,
  county text,
  country_code text,
  changed_at timestamptz NOT NULL
);

-- One row per way to reach a person.
CREATE TABLE clinic.person_contact (
  person_id bigint NOT NULL,
  kind text NOT NULL CHECK (kind IN ('HOME', 'WORK', 'CELL', 'MAIL')),
  value text NOT NULL,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (person_id, kind)
);

-- One row per visit. No foreign keys: as in many an EHR, a person can be deleted and leave their visits.
CREATE TABLE clinic.visit (
  visit_id bigint PRIMARY KEY,
  person_id bigint NOT NULL,
  department_id integer NOT NULL,
  practitioner_id bigint,
  state text NOT NULL CHECK (state IN ('SCHED', 'ARRIVED', 'DONE', 'CANCEL', 'NOSHOW')),
  began_at timestamp NOT NULL,
  ended_at timestamp,
  billing_code text,
  billing_name text,
  complaint_code text,
  complaint_name text,
  disposition_code text,
  note_version integer NOT NULL,
  changed_at timestamptz NOT NULL
);

-- One row per merge of two registrations; one that was undone stays, with the time when.
CREATE TABLE clinic.merge_log (
  merge_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  retired_person_id bigint NOT NULL,
  surviving_person_id bigint NOT NULL,
  merged_at timestamptz NOT NULL,
  undone_at timestamptz,
  CHECK (retired_person_id <> surviving_person_id)
);

-- A registration is merged into one other at a time.
CREATE UNIQUE INDEX merge_in_force ON clinic.merge_log (retired_person_id) WHERE undone_at IS NULL;

-- One row per visit that a merge moved to the survivor: what moves back where the merge is undone.
CREATE TABLE clinic.merge_moved_visit (
  merge_id bigint NOT NULL REFERENCES clinic.merge_log,
  visit_id bigint NOT NULL,
  PRIMARY KEY (merge_id, visit_id)
);

-- Chance that can be repeated, as in src/sandbox/clinic/dice.ts: a number of at least 0 and less than 1, the same for the same key
-- on every server. What is charted is made here, where the visits are, and not sent to and fro.
CREATE FUNCTION clinic.dice(key text) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ('x' || left(md5(key), 8))::bit(32)::bigint::double precision / 4294967296;

-- The complaints (ICD-10-CM, as in src/sandbox/clinic/visit-kinds.ts) that are diagnoses, what they are in SNOMED CT, and what is
-- prescribed for them. A chronic one began long before the visit.
-- One row per diagnosis.
CREATE TABLE clinic.diagnosis AS
SELECT *
FROM (
  VALUES
    ('I10', '59621000', 'Essential hypertension', true, '314076'),
    ('E11.9', '44054006', 'Diabetes mellitus type 2', true, '861007'),
    ('F41.1', '21897009', 'Generalized anxiety disorder', true, '312941'),
    ('I50.9', '84114007', 'Heart failure', true, '313988'),
    ('J06.9', '54150009', 'Upper respiratory infection', false, '313782'),
    ('M54.50', '279039007', 'Low back pain', false, '310965'),
    ('S93.401A', '44465007', 'Sprain of ankle', false, '310965'),
    ('J18.9', '233604007', 'Pneumonia', false, '308191'),
    ('K35.80', '85189001', 'Acute appendicitis', false, NULL),
    ('R07.9', '29857009', 'Chest pain', false, NULL),
    ('R10.9', '21522001', 'Abdominal pain', false, NULL)
) AS diagnosis (icd_code, snomed_code, snomed_name, is_chronic, rxnorm_code);

-- What the clinic's doctors prescribe (RxNorm). One row per product.
CREATE TABLE clinic.drug AS
SELECT *
FROM (
  VALUES
    ('314076', 'lisinopril 10 MG Oral Tablet', 'Take one tablet daily', '10', 'mg', '24', 'h', false),
    ('861007', 'metformin hydrochloride 500 MG Oral Tablet', 'Take one tablet twice daily with meals', '500', 'mg', '12', 'h', false),
    ('313782', 'acetaminophen 325 MG Oral Tablet', 'Take two tablets every 6 hours as needed', '650', 'mg', '6', 'h', true),
    ('310965', 'ibuprofen 200 MG Oral Tablet', 'Take two tablets every 8 hours as needed', '400', 'mg', '8', 'h', true),
    ('312941', 'sertraline 50 MG Oral Tablet', 'Take one tablet daily', '50', 'mg', '24', 'h', false),
    ('308191', 'amoxicillin 500 MG Oral Capsule', 'Take one capsule three times daily', '500', 'mg', '8', 'h', false),
    ('313988', 'furosemide 40 MG Oral Tablet', 'Take one tablet every morning', '40', 'mg', '24', 'h', false)
) AS drug (rxnorm_code, name, sig, dose, dose_units, period, period_unit, as_needed);

-- What the clinic's people do not tolerate, and what it does to them (SNOMED CT). One row per substance.
CREATE TABLE clinic.allergen AS
SELECT *
FROM (
  VALUES
    (0, '7984', 'RxNorm', 'penicillin V', 'drug allergy', '126485001', 'Urticaria', 'moderate'),
    (1, '10180', 'RxNorm', 'sulfamethoxazole', 'drug allergy', '271807003', 'Eruption of skin', 'mild'),
    (2, '2670', 'RxNorm', 'codeine', 'drug intolerance', '422587007', 'Nausea', 'mild'),
    (3, 'QE1QX6B99R', 'UNII', 'Peanut', 'food allergy', '39579001', 'Anaphylaxis', 'severe')
) AS allergen (allergen_id, code, code_system, name, type, reaction_code, reaction_name, severity);

-- What is measured (LOINC), in which units (UCUM), between which values it lies and which of them are normal. A vital sign is taken
-- at visits of some kinds, a laboratory test where its panel (CPT) was ordered.
-- One row per test.
CREATE TABLE clinic.test AS
SELECT *
FROM (
  VALUES
    ('8480-6', 'Systolic blood pressure', 'mm[Hg]', 96, 168, 90, 120, 0, '{OV,ED,HH,IP}'::text[], NULL),
    ('8462-4', 'Diastolic blood pressure', 'mm[Hg]', 56, 102, 60, 80, 0, '{OV,ED,HH,IP}', NULL),
    ('8867-4', 'Heart rate', '/min', 52, 108, 60, 100, 0, '{OV,ED,HH,IP}', NULL),
    ('8310-5', 'Body temperature', 'Cel', 36.1, 39.4, 36.1, 37.5, 1, '{ED,IP}', NULL),
    ('29463-7', 'Body weight', 'kg', 48, 118, NULL, NULL, 1, '{OV}', NULL),
    ('2345-7', 'Glucose [Mass/volume] in Serum or Plasma', 'mg/dL', 68, 182, 70, 99, 0, '{LAB}', '80053'),
    ('2160-0', 'Creatinine [Mass/volume] in Serum or Plasma', 'mg/dL', 0.5, 1.9, 0.6, 1.3, 2, '{LAB}', '80053'),
    ('2951-2', 'Sodium [Moles/volume] in Serum or Plasma', 'mmol/L', 132, 148, 135, 145, 0, '{LAB}', '80053'),
    ('2823-3', 'Potassium [Moles/volume] in Serum or Plasma', 'mmol/L', 3.2, 5.4, 3.5, 5.1, 1, '{LAB}', '80053'),
    ('4548-4', 'Hemoglobin A1c/Hemoglobin.total in Blood', '%', 4.4, 9.8, 4.0, 5.6, 1, '{LAB}', '83036')
) AS test (loinc_code, name, units, lowest, highest, normal_low, normal_high, decimals, visit_kinds, billing_code);

-- What the clinic vaccinates with (CVX). One row per vaccine.
CREATE TABLE clinic.vaccine AS
SELECT *
FROM (
  VALUES
    (0, '150', 'Influenza, injectable, quadrivalent, preservative free'),
    (1, '115', 'Tdap'),
    (2, '208', 'COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose')
) AS vaccine (vaccine_id, cvx_code, name);

-- One row per allergy that was charted at a visit.
CREATE TABLE clinic.allergy (
  visit_id bigint NOT NULL,
  allergen_id integer NOT NULL
);

-- One row per diagnosis that was made or confirmed at a visit.
CREATE TABLE clinic.problem (
  visit_id bigint NOT NULL,
  icd_code text NOT NULL,
  began_on date NOT NULL
);

-- One row per product that was prescribed at a visit.
CREATE TABLE clinic.prescription (
  visit_id bigint NOT NULL,
  rxnorm_code text NOT NULL,
  icd_code text NOT NULL,
  starts_on date NOT NULL
);

-- One row per vital sign or laboratory value of a visit.
CREATE TABLE clinic.measurement (
  visit_id bigint NOT NULL,
  loinc_code text NOT NULL,
  measured_at timestamp NOT NULL,
  value numeric NOT NULL
);

-- One row per vaccination at a visit.
CREATE TABLE clinic.vaccination (
  visit_id bigint NOT NULL,
  vaccine_id integer NOT NULL,
  given_at timestamp NOT NULL,
  lot_number text NOT NULL
);

-- name: create_indexes
-- Makes the indexes once the tables are full, which is faster.

-- Finds the visits of a person.
CREATE INDEX visit_by_person ON clinic.visit (person_id);

-- Finds the visits that are not over.
CREATE INDEX visit_to_come ON clinic.visit (began_at) WHERE state IN ('SCHED', 'ARRIVED');

-- Finds what was charted at a visit.
CREATE INDEX allergy_by_visit ON clinic.allergy (visit_id);

-- Finds what was charted at a visit.
CREATE INDEX problem_by_visit ON clinic.problem (visit_id);

-- Finds what was charted at a visit.
CREATE INDEX prescription_by_visit ON clinic.prescription (visit_id);

-- Finds what was measured at a visit. A test is done once a visit.
CREATE UNIQUE INDEX measurement_by_visit ON clinic.measurement (visit_id, loinc_code);

-- Finds what was charted at a visit.
CREATE INDEX vaccination_by_visit ON clinic.vaccination (visit_id);
