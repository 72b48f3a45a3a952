-- Takes planned calls; those of a plan-only run are not open. One row per call.
COPY call (run_number, rank, lane, position, event_type, entity, entity_id, patient_id, row_patient_id, mrn, planned_mrn, forced, scanned_fingerprint, open_since, is_open, reason) FROM STDIN
