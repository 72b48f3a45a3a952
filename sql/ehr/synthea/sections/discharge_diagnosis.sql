-- What an inpatient stay found, of Synthea's conditions. They also hold what is no diagnosis, such as employment; SNOMED CT's
-- own tag at the end of the name tells which, and where there is no tag it is taken for one.
-- $1 text[]: ids of encounters. One row per diagnosis of a stay.
SELECT conditions.encounter AS encounter_id,
       conditions.code,
       coalesce(conditions.system, 'SNOMED CT') AS code_system,
       conditions.description AS name,
       CASE WHEN conditions.stop IS NULL THEN 'active' ELSE 'resolved' END AS status,
       conditions.start AS started_at,
       conditions.stop AS ended_at
FROM conditions
JOIN encounters ON encounters.id = conditions.encounter AND encounters.encounterclass IN ('inpatient', 'snf')
WHERE conditions.encounter = ANY($1)
  AND encounters.id = ANY($1)
  AND coalesce(conditions.description, '') !~ '\((finding|situation|person|procedure|regime/therapy)\)$'
