-- Encounters of a Synthea CSV export, as landed by landing/encounters.sql, with the names of place and clinician.
-- Classes follow Synthea's own FHIR export, which calls hospice and home the same (HH, home health) and a skilled nursing
-- facility inpatient (EncounterType.java). START and STOP are text, UTC or in some exports bare dates, and stay as they are.
-- Older exports have no ORGANIZATION; there PROVIDER is the organization.
-- CLINICAL_VERSION is a digest of all rows that sections/*.sql read for the visit, in any order: the sum of a digest of
-- each. One pass over every clinical table does for all encounters; by id, only the rows of those are digested.
-- Clinicians are few and encounters many, so their names are taken apart before they are joined.
-- One row per encounter.
WITH clinician AS MATERIALIZED (
  -- "Ana María762 Rivas123": the digits end the first name; without digits the first blank does.
  SELECT id,
         coalesce(substring(name FROM '^([^0-9]+)[0-9]+ '), substring(name FROM '^([^ ]+) ')) AS first_name,
         rtrim(coalesce(substring(name FROM '^[^0-9]+[0-9]+ (.+)$'), substring(name FROM '^[^ ]+ (.+)$'), name),
               '0123456789') AS last_name
  FROM providers
  -- @by_id WHERE id IN (SELECT provider FROM encounters WHERE id = ANY($1))
)
SELECT encounters.id AS encounter_id,
       encounters.patient AS patient_id,
       CASE
         WHEN encounters.encounterclass IN ('ambulatory', 'outpatient', 'urgentcare', 'wellness') THEN 'outpatient'
         WHEN encounters.encounterclass IN ('inpatient', 'snf') THEN 'inpatient'
         WHEN encounters.encounterclass IN ('home', 'hospice') THEN 'home'
         WHEN encounters.encounterclass IN ('emergency', 'virtual') THEN encounters.encounterclass
         ELSE 'other'
       END AS class,
       CASE WHEN nullif(encounters.stop, '') IS NULL THEN 'open' ELSE 'finished' END AS status,
       encounters.start AS started_at,
       nullif(encounters.stop, '') AS ended_at,
       encounters.code AS type_code,
       CASE WHEN encounters.code <> '' THEN 'SNOMED CT' END AS type_code_system,
       encounters.description AS type_name,
       encounters.reasoncode AS reason_code,
       CASE WHEN encounters.reasoncode <> '' THEN 'SNOMED CT' END AS reason_code_system,
       encounters.reasondescription AS reason_name,
       coalesce(encounters.organization, organizations.id) AS facility_id,
       organizations.name AS facility_name,
       CASE WHEN encounters.organization IS NOT NULL THEN encounters.provider END AS provider_id,
       clinician.first_name AS provider_first_name,
       clinician.last_name AS provider_last_name,
       clinical.version AS clinical_version
FROM encounters
LEFT JOIN organizations ON organizations.id = coalesce(encounters.organization, encounters.provider)
LEFT JOIN clinician ON clinician.id = encounters.provider
LEFT JOIN (
  SELECT encounter, sum(hashtextextended(source || line, 0))::text AS version
  FROM (
    SELECT encounter, 'allergies' AS source, allergies::text AS line FROM allergies
    -- @by_id WHERE encounter = ANY($1)
    UNION ALL
    SELECT encounter, 'careplans' AS source, careplans::text AS line FROM careplans
    -- @by_id WHERE encounter = ANY($1)
    UNION ALL
    SELECT encounter, 'conditions' AS source, conditions::text AS line FROM conditions
    -- @by_id WHERE encounter = ANY($1)
    UNION ALL
    SELECT encounter, 'devices' AS source, devices::text AS line FROM devices
    -- @by_id WHERE encounter = ANY($1)
    UNION ALL
    SELECT encounter, 'imaging_studies' AS source, imaging_studies::text AS line FROM imaging_studies
    -- @by_id WHERE encounter = ANY($1)
    UNION ALL
    SELECT encounter, 'immunizations' AS source, immunizations::text AS line FROM immunizations
    -- @by_id WHERE encounter = ANY($1)
    UNION ALL
    SELECT encounter, 'medications' AS source, medications::text AS line FROM medications
    -- @by_id WHERE encounter = ANY($1)
    UNION ALL
    SELECT encounter, 'observations' AS source, observations::text AS line FROM observations
    -- @by_id WHERE encounter = ANY($1)
    UNION ALL
    SELECT encounter, 'procedures' AS source, procedures::text AS line FROM procedures
    -- @by_id WHERE encounter = ANY($1)
  ) AS row_of
  GROUP BY encounter
) AS clinical ON clinical.encounter = encounters.id
-- @by_id WHERE encounters.id = ANY($1)
