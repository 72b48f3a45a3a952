-- The next planned calls, lane by lane in the order of the lanes' ranks. $1: run. $2, $3, $4, $5: rank, lane, position and id of the
-- last call before, or null. $6: how many. $7: some lanes. $8: true for calls of these lanes, false for those of the others.
-- One row per call.
SELECT
  call_id, rank, lane, position, event_type, entity, entity_id, patient_id, row_patient_id, mrn, planned_mrn, forced, reason,
  replace(scanned_fingerprint::text, '-', '') AS scanned_fingerprint
FROM call
WHERE run_number = $1
  AND ($2::integer IS NULL OR (rank, lane, position, call_id) > ($2, $3, $4::smallint, $5::bigint))
  AND state = 'planned'
  AND (lane = ANY ($7::text[])) = $8
ORDER BY rank, lane, position, call_id
LIMIT $6
