-- The rows of a clinic that is made: what is the same in every clinic, then what chance gives, as lines of COPY.

-- name: note_made_from
-- $1 seed, $2 first day of the clinic's future.
INSERT INTO clinic.made_from (seed, built_on) VALUES ($1::integer, $2::date);

-- name: load_facilities
-- The buildings, the same in every clinic.
INSERT INTO clinic.facility (facility_code, name)
VALUES
  ('PLC', 'Prairie Lakes Clinic'),
  ('PLH', 'Prairie Lakes Hospital'),
  ('RFC', 'Rock Ford Family Clinic');

-- name: load_departments
-- The departments, the same in every clinic.
INSERT INTO clinic.department (department_id, facility_code, name, visit_kind)
VALUES
  (101, 'PLC', 'Family Medicine', 'OV'),
  (102, 'PLC', 'Internal Medicine', 'OV'),
  (103, 'PLC', 'Pediatrics', 'OV'),
  (104, 'PLC', 'Orthopedics & Sports', 'OV'),
  (105, 'RFC', 'Family Medicine', 'OV'),
  (201, 'PLC', 'Virtual Care', 'TV'),
  (301, 'PLH', 'Emergency Department', 'ED'),
  (401, 'PLH', '4 West Medical/Surgical', 'IP'),
  (402, 'PLH', '5 East Surgical', 'IP'),
  (501, 'PLH', 'Home Health', 'HH'),
  (601, 'PLC', 'Laboratory', 'LAB');

-- name: copy_practitioner
-- Columns as in src/sandbox/clinic/practitioner.ts.
COPY clinic.practitioner (practitioner_id, npi, given_name, family_name) FROM STDIN;

-- name: copy_person
-- Columns as in src/sandbox/clinic/person.ts.
COPY clinic.person (
  person_id, mrn, given_name, middle_name, family_name, born_on, sex_code, race_code, ethnic_code, marital_code,
  language_code, religion, tax_number, is_deceased, died_at, changed_at
) FROM STDIN;

-- name: copy_person_address
-- Columns as in src/sandbox/clinic/address.ts.
COPY clinic.person_address (
  person_id, street, city, state_code, postal_code, county, country_code, changed_at
) FROM STDIN;

-- name: copy_person_contact
-- Columns as in src/sandbox/clinic/contact.ts.
COPY clinic.person_contact (person_id, kind, value, changed_at) FROM STDIN;

-- name: copy_merge_log
-- Merges made before the clinic's first day; the visits stand with the survivors already.
COPY clinic.merge_log (retired_person_id, surviving_person_id, merged_at) FROM STDIN;

-- name: copy_visit
-- Columns as in src/sandbox/clinic/visit.ts.
COPY clinic.visit (
  visit_id, person_id, department_id, practitioner_id, state, began_at, ended_at, billing_code, billing_name,
  complaint_code, complaint_name, disposition_code, note_version, changed_at
) FROM STDIN;

-- name: analyze_clinic
-- Gives the planner statistics of freshly copied tables.
ANALYZE clinic.person, clinic.person_address, clinic.person_contact, clinic.visit, clinic.merge_log,
  clinic.allergy, clinic.problem, clinic.prescription, clinic.measurement, clinic.vaccination;
