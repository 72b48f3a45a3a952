-- Synthea's observations that are vital signs; landing/observations.sql says which are.
-- $1 text[]: ids of encounters. One row per value measured.
SELECT encounter AS encounter_id,
       date AS observed_at,
       code,
       CASE WHEN code ~ '^[0-9]+-[0-9]$' THEN 'LOINC' END AS code_system,
       description AS name,
       value,
       nullif(units, 'null') AS units,
       'completed' AS status
FROM observations
WHERE encounter = ANY($1) AND section = 'vital_signs'
