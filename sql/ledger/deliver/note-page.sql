-- Replaces the persons whose calls a run may be fetching or building. $1: run. $2: their lanes. Gives nothing.
WITH through AS (
  DELETE FROM suspect WHERE run_number = $1 AND patient_id <> ALL ($2::text[])
)
INSERT INTO suspect (patient_id, run_number)
SELECT DISTINCT unnest($2::text[]), $1::integer
ON CONFLICT (patient_id) DO NOTHING
