-- Synthea's observations that are neither vital signs nor social history; landing/observations.sql says which is which.
-- Synthea's own FHIR export calls every observation final. Codes of its own invention (X9999-1) are no LOINC.
-- $1 text[]: ids of encounters. One row per value observed.
SELECT encounter AS encounter_id,
       code,
       CASE WHEN code ~ '^[0-9]+-[0-9]$' THEN 'LOINC' END AS code_system,
       description AS name,
       date AS observed_at,
       'final' AS status,
       value,
       -- Written by some exports where there is none.
       nullif(units, 'null') AS units
FROM observations
WHERE encounter = ANY($1) AND section = 'results'
