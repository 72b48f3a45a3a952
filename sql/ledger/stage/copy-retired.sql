-- Takes the ends of chains that are longer than one merge. One row per retired patient.
COPY stage_retired (patient_id, survivor_id, fault) FROM STDIN
