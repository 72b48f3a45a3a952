-- Takes the scanned visit lines of chunks that are not staged. One row per visit row of the EHR.
COPY stage_encounter (entity_id, patient_id, status, updated_at, fault, fingerprint, asked, chunk_id) FROM STDIN
