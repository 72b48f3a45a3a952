-- Takes the scanned patient lines of chunks that are not staged. One row per patient row of the EHR.
COPY stage_patient (entity_id, mrn, updated_at, fault, understood, unreadable, fingerprint, asked, chunk_id) FROM STDIN
