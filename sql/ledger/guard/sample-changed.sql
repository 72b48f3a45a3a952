-- Some planned calls of rows that Redox was told before, picked as by lot, but the same for the same run id. Asked in the
-- transaction of the plan. $1: run. $2: run id. $3: entities. $4: how many. One row per call.
SELECT
  call_id, lane, position, event_type, entity, entity_id, patient_id, row_patient_id, mrn, planned_mrn, forced,
  replace(scanned_fingerprint::text, '-', '') AS scanned_fingerprint
FROM call c
WHERE run_number = $1
  AND state = 'planned'
  AND entity = ANY ($3::text[])
  AND (
    event_type = 'PatientUpdate'
    OR (event_type = 'VisitPush' AND EXISTS (SELECT FROM encounter l WHERE l.encounter_id = c.entity_id))
  )
ORDER BY md5($2 || ' ' || entity || ' ' || entity_id)
LIMIT $4
