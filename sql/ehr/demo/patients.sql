-- The patients of the demo clinic: every registration, those that were merged away too.
-- A person changed when their address or one of their contacts did. One row per registration.
SELECT
  person.person_id AS patient_id,
  person.mrn AS mrn,
  greatest(
    person.changed_at, address.changed_at, home.changed_at, work.changed_at, cell.changed_at, mail.changed_at
  ) AS updated_at,
  person.given_name AS first_name,
  person.middle_name AS middle_name,
  person.family_name AS last_name,
  person.born_on AS birth_date,
  person.sex_code AS sex,
  person.race_code AS race,
  person.ethnic_code AS ethnicity,
  person.marital_code AS marital_status,
  person.language_code AS language,
  person.religion AS religion,
  person.tax_number AS ssn,
  address.street AS street_address,
  address.city AS city,
  address.state_code AS state,
  address.postal_code AS zip,
  address.county AS county,
  address.country_code AS country,
  home.value AS home_phone,
  work.value AS office_phone,
  cell.value AS mobile_phone,
  mail.value AS email,
  person.is_deceased AS deceased,
  person.died_at AS deceased_at
FROM clinic.person
LEFT JOIN clinic.person_address AS address USING (person_id)
LEFT JOIN clinic.person_contact AS home ON home.person_id = person.person_id AND home.kind = 'HOME'
LEFT JOIN clinic.person_contact AS work ON work.person_id = person.person_id AND work.kind = 'WORK'
LEFT JOIN clinic.person_contact AS cell ON cell.person_id = person.person_id AND cell.kind = 'CELL'
LEFT JOIN clinic.person_contact AS mail ON mail.person_id = person.person_id AND mail.kind = 'MAIL'
-- @by_id WHERE person.person_id = ANY ($1::text[]::bigint[])
