-- Patients of Tamanu, with those that were merged away, which the settings of the site delete, rename or leave. One row per patient.
SELECT p.id AS patient_id,
       p.display_id AS mrn,
       greatest(p.updated_at, a.updated_at) AS updated_at,
       nullif(p.first_name, '') AS first_name,
       nullif(p.middle_name, '') AS middle_name,
       nullif(p.last_name, '') AS last_name,
       p.date_of_birth AS birth_date,
       p.sex,
       ethnicity.name AS ethnicity,
       a.marital_status,
       religion.name AS religion,
       a.street_village AS street_address,
       coalesce(nullif(a.city_town, ''), village.name) AS city,
       division.name AS state,
       country.name AS country,
       a.primary_contact_number AS home_phone,
       a.secondary_contact_number AS mobile_phone,
       p.email,
       p.date_of_death IS NOT NULL AS deceased,
       p.date_of_death AS deceased_at,
       nullif(a.emergency_contact_name, '') AS contact_last_name,
       CASE WHEN a.emergency_contact_name <> '' THEN 'Emergency Contact' END AS contact_role,
       CASE WHEN a.emergency_contact_name <> '' THEN nullif(a.emergency_contact_number, '') END AS contact_home_phone
FROM patients AS p
LEFT JOIN patient_additional_data AS a ON a.patient_id = p.id AND a.deleted_at IS NULL
LEFT JOIN reference_data AS ethnicity ON ethnicity.id = a.ethnicity_id
LEFT JOIN reference_data AS religion ON religion.id = a.religion_id
LEFT JOIN reference_data AS village ON village.id = p.village_id
LEFT JOIN reference_data AS division ON division.id = a.division_id
LEFT JOIN reference_data AS country ON country.id = a.country_id
WHERE p.deleted_at IS NULL OR p.merged_into_id IS NOT NULL
