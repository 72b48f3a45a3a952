-- Synthea's conditions that are diseases or injuries, under the visit at which they were found; by SNOMED CT's tag at the end of the
-- name, as health_concerns.sql says. Older exports have no SYSTEM; there all are SNOMED CT.
-- $1 text[]: ids of encounters. One row per condition.
SELECT encounter AS encounter_id,
       code,
       coalesce(system, 'SNOMED CT') AS code_system,
       description AS name,
       CASE WHEN stop IS NULL THEN 'active' ELSE 'resolved' END AS status,
       start AS started_at,
       stop AS ended_at
FROM conditions
WHERE encounter = ANY($1)
  AND coalesce(description, '') !~ '\((finding|situation|person|procedure|regime/therapy)\)$'
