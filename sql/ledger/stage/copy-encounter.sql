-- Takes the scanned visit lines. One row per visit row of the EHR.
COPY stage_encounter (entity_id, patient_id, status, updated_at, fault, fingerprint, asked) FROM STDIN
