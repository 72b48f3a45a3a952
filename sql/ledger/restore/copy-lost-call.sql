-- Takes the calls of runs that the ledger does not know to their end. One row per call.
COPY stage_lost_call (entity, entity_id, patient_id) FROM STDIN
