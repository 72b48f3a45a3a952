-- Keeps the lines that do not count whatever the EHR has. $1: this run. Gives nothing.
INSERT INTO acknowledged (run_number, line, entity, entity_id, patient_id, kind, delivered_at)
SELECT $1, line, entity, entity_id, CASE WHEN entity = 'patient' THEN entity_id END, fault, delivered_at
FROM stage_acknowledged
WHERE fault IS NOT NULL
