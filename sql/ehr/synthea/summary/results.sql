-- The latest result of each kind; sections/results.sql says what a result is.
-- $1 text[]: ids of patients. One row per kind of result.
SELECT DISTINCT ON (encounters.patient, observations.code, observations.description)
       encounters.patient AS patient_id,
       observations.code,
       CASE WHEN observations.code ~ '^[0-9]+-[0-9]$' THEN 'LOINC' END AS code_system,
       observations.description AS name,
       observations.date AS observed_at,
       'final' AS status,
       observations.value,
       nullif(observations.units, 'null') AS units
FROM encounters
JOIN observations ON observations.encounter = encounters.id AND observations.section = 'results'
WHERE encounters.patient = ANY($1)
ORDER BY encounters.patient, observations.code, observations.description, observations.date DESC, observations.value
