-- data-quality.csv: values and lines of the EHR that could not be taken as they stand. The values themselves are not here.
-- One row per value or line. $1: run number.
SELECT r.run_id, q.entity, q.entity_id, q.patient_id, q.kind, q.column_name, q.line
FROM data_quality q
JOIN run r ON r.run_number = q.run_number
WHERE q.run_number = $1
ORDER BY q.entity, q.entity_id, q.line, q.data_quality_id
