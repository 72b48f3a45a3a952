-- The next planned calls, lane by lane. $1: run. $2, $3, $4: lane, position and id of the last call before, or null.
-- $5: how many. One row per call.
SELECT
  call_id, lane, position, event_type, entity, entity_id, patient_id, row_patient_id, mrn, planned_mrn, forced,
  replace(scanned_fingerprint::text, '-', '') AS scanned_fingerprint
FROM call
WHERE run_number = $1
  AND ($2::text IS NULL OR (lane, position, call_id) > ($2, $3::smallint, $4::bigint))
  AND state = 'planned'
ORDER BY lane, position, call_id
LIMIT $5
