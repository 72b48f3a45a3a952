-- Takes the persons that the ledger's own merges connect. One row per patient.
COPY stage_lane (patient_id, lane) FROM STDIN
