-- Takes discrepancies. One row per discrepancy.
COPY discrepancy (run_number, entity, entity_id, patient_id, kind, detail, row_updated_at, row_fingerprint, open_since, rejected_dates) FROM STDIN
