-- Takes the scanned patient lines. One row per patient row of the EHR.
COPY stage_patient (entity_id, mrn, updated_at, fault, understood, unreadable, fingerprint, asked) FROM STDIN
