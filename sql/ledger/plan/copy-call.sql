-- Takes planned calls. One row per call.
COPY call (run_number, lane, position, event_type, entity, entity_id, patient_id, row_patient_id, mrn, forced, scanned_fingerprint, open_since) FROM STDIN
