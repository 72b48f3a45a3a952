-- The diseases and injuries that a patient has, by SNOMED CT's tag as in sections/problems.sql.
-- $1 text[]: ids of patients. One row per condition.
SELECT encounters.patient AS patient_id,
       conditions.code,
       coalesce(conditions.system, 'SNOMED CT') AS code_system,
       conditions.description AS name,
       'active' AS status,
       conditions.start AS started_at
FROM encounters
JOIN conditions ON conditions.encounter = encounters.id AND conditions.stop IS NULL
WHERE encounters.patient = ANY($1)
  AND coalesce(conditions.description, '') !~ '\((finding|situation|person|procedure|regime/therapy)\)$'
