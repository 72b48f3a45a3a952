-- Tells in this run's reports which lines of extracts the plan-only run could not read. What it found in values is found again when
-- the messages are built. $1: this run. $2: the run that planned.
-- Gives nothing.
INSERT INTO data_quality (run_number, entity, entity_id, patient_id, kind, column_name, line)
SELECT $1, entity, entity_id, patient_id, kind, column_name, line
FROM data_quality
WHERE run_number = $2 AND entity = 'file'
ORDER BY data_quality_id
