-- Adds copies of the small clinic's patients, each copy with ids and MRNs of its own.
-- $1, $2: first and last copy. $3: how many registrations a copy has. One row per patient.
INSERT INTO bench.patient (patient_id, mrn, updated_at, first_name, middle_name, last_name, birth_date, sex, race, ethnicity, marital_status, language, religion, ssn, street_address, city, state, zip, county, country, home_phone, office_phone, mobile_phone, email, deceased, deceased_at)
SELECT patient_id + copy * $3::bigint, mrn || '-' || copy, updated_at, first_name, middle_name, last_name, birth_date, sex, race, ethnicity, marital_status, language, religion, ssn, street_address, city, state, zip, county, country, home_phone, office_phone, mobile_phone, email, deceased, deceased_at
FROM generate_series($1::integer, $2::integer) AS copy, bench.small_patient
ORDER BY 1
