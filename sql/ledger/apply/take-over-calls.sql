-- Makes the calls of a plan-only run this run's own, and from now on they are owed. The plan's stay as they are, for its reports.
-- $1: this run. $2: the run that planned. Gives nothing.
INSERT INTO call (
  run_number, rank, lane, position, event_type, entity, entity_id, patient_id, row_patient_id, mrn, planned_mrn, forced,
  scanned_fingerprint, open_since, reason
)
SELECT
  $1, rank, lane, position, event_type, entity, entity_id, patient_id, row_patient_id, mrn, planned_mrn, forced,
  scanned_fingerprint, open_since, reason
FROM call
WHERE run_number = $2
ORDER BY call_id
