-- Keeps whose message is none that Redox can take, beside what was found out about the row when it was planned.
-- $1: run. $2: a JSON array (see src/ledger/recorded-rows.ts). Gives nothing.
INSERT INTO discrepancy (run_number, entity, entity_id, patient_id, kind, detail)
SELECT $1, entity, entity_id, patient_id, 'invalid', detail
FROM jsonb_to_recordset($2::jsonb) AS i (entity text, entity_id text, patient_id text, detail text)
