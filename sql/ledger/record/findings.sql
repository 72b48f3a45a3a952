-- Keeps values that could not be taken as they stand. $1: run. $2: a JSON array (see src/ledger/recorded-rows.ts). Gives nothing.
INSERT INTO data_quality (run_number, entity, entity_id, patient_id, kind, column_name)
SELECT $1, entity, entity_id, patient_id, kind, column_name
FROM jsonb_to_recordset($2::jsonb) AS i (entity text, entity_id text, patient_id text, kind text, column_name text)
