-- Synthea's conditions that are no disease: full-time employment, a medication review that is due. SNOMED CT's own tag at the end
-- of the name tells them; a name without a tag is taken for a disease, and stands in problems.sql.
-- $1 text[]: ids of encounters. One row per condition.
SELECT encounter AS encounter_id,
       code,
       coalesce(system, 'SNOMED CT') AS code_system,
       description AS name,
       CASE WHEN stop IS NULL THEN 'active' ELSE 'completed' END AS status,
       start AS started_at,
       stop AS ended_at
FROM conditions
WHERE encounter = ANY($1)
  AND description ~ '\((finding|situation|person|procedure|regime/therapy)\)$'
