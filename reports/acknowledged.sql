-- acknowledged.csv, for runs of `acknowledge`: the result of each line of the file.
-- One row per line of the file. $1: run number.
SELECT r.run_id, a.entity, a.entity_id, a.patient_id, a.kind, a.line, a.delivered_at, a.row_updated_at
FROM acknowledged a
JOIN run r ON r.run_number = a.run_number
WHERE a.run_number = $1
ORDER BY a.line
