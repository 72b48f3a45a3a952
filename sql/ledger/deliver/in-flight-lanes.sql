-- The lanes of a run in which a patient or visit may still have a POST of a run that died under way. $1: run. One row per lane.
WITH patients AS (
  SELECT entity_id FROM in_flight WHERE entity = 'patient' AND ends_at > clock_timestamp()
),
visits AS (
  SELECT entity_id FROM in_flight WHERE entity = 'encounter' AND ends_at > clock_timestamp()
)
SELECT DISTINCT lane
FROM call
WHERE run_number = $1
  AND state = 'planned'
  AND (
    lane IN (SELECT entity_id FROM patients)
    OR patient_id IN (SELECT entity_id FROM patients)
    OR row_patient_id IN (SELECT entity_id FROM patients)
    OR entity <> 'encounter' AND entity_id IN (SELECT entity_id FROM patients)
    OR entity = 'encounter' AND entity_id IN (SELECT entity_id FROM visits)
  )
