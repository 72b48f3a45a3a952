-- Takes the scanned merge lines. One row per merge row of the EHR.
COPY stage_merge (entity_id, surviving_patient_id, merged_at, fault, asked) FROM STDIN
