-- The latest of each vital sign; landing/observations.sql says which are.
-- $1 text[]: ids of patients. One row per vital sign.
SELECT DISTINCT ON (encounters.patient, observations.code)
       encounters.patient AS patient_id,
       observations.date AS observed_at,
       observations.code,
       CASE WHEN observations.code ~ '^[0-9]+-[0-9]$' THEN 'LOINC' END AS code_system,
       observations.description AS name,
       observations.value,
       nullif(observations.units, 'null') AS units,
       'completed' AS status
FROM encounters
JOIN observations ON observations.encounter = encounters.id AND observations.section = 'vital_signs'
WHERE encounters.patient = ANY($1)
ORDER BY encounters.patient, observations.code, observations.date DESC, observations.value
