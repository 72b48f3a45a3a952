-- What a visit that is no inpatient stay came to, of Synthea's conditions; discharge_diagnosis.sql has the stays, and says why
-- not every condition is a diagnosis.
-- $1 text[]: ids of encounters. One row per diagnosis of a visit.
SELECT conditions.encounter AS encounter_id,
       conditions.start AS assessed_at,
       conditions.code,
       coalesce(conditions.system, 'SNOMED CT') AS code_system,
       conditions.description AS name
FROM conditions
JOIN encounters ON encounters.id = conditions.encounter AND encounters.encounterclass NOT IN ('inpatient', 'snf')
WHERE conditions.encounter = ANY($1)
  AND encounters.id = ANY($1)
  AND coalesce(conditions.description, '') !~ '\((finding|situation|person|procedure|regime/therapy)\)$'
