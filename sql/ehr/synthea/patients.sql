-- Patients of a Synthea CSV export (https://github.com/synthetichealth/synthea), as landed by landing/patients.sql.
-- Synthea appends digits to names so that nobody takes them for real ones, and writes ZIP 00000 where it knows none. It
-- does not say when a row changed: there is no updated_at, and changes are found by sweeps.
-- One row per patient.
SELECT id AS patient_id,
       nullif(rtrim(first, '0123456789'), '') AS first_name,
       nullif(rtrim(middle, '0123456789'), '') AS middle_name,
       nullif(rtrim(last, '0123456789'), '') AS last_name,
       birthdate AS birth_date,
       gender AS sex,
       race,
       ethnicity,
       marital AS marital_status,
       ssn,
       address AS street_address,
       city,
       state,
       nullif(nullif(zip, ''), '00000') AS zip,
       county,
       nullif(deathdate, '') IS NOT NULL AS deceased,
       nullif(deathdate, '') AS deceased_at
FROM patients
