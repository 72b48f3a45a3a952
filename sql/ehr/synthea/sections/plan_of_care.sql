-- Synthea's care plans, whose activities are services that are meant to be.
-- $1 text[]: ids of encounters. One row per activity of a plan.
SELECT encounter AS encounter_id,
       'service' AS kind,
       code,
       'SNOMED CT' AS code_system,
       description AS name,
       'intent' AS status,
       start AS planned_at
FROM careplans
WHERE encounter = ANY($1)
