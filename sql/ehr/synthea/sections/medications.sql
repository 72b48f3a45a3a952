-- Synthea's prescriptions, under the visit at which they were written. DISPENSES counts months, not refills; it is not told.
-- $1 text[]: ids of encounters. One row per prescription.
SELECT encounter AS encounter_id,
       code,
       'RxNorm' AS code_system,
       description AS name,
       CASE WHEN stop IS NULL THEN 'active' ELSE 'completed' END AS status,
       start AS started_at,
       stop AS ended_at,
       reasoncode AS indication_code,
       CASE WHEN reasoncode IS NOT NULL THEN 'SNOMED CT' END AS indication_code_system,
       reasondescription AS indication_name
FROM medications
WHERE encounter = ANY($1)
