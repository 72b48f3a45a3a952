-- Keeps the merges that Redox was told and that a damaged source did not show: a line that cannot be read is no reason to undo one.
-- Takes no parameters. One row: how many.
WITH kept AS (
  INSERT INTO stage_merge (entity_id, surviving_patient_id, asked)
  SELECT p.patient_id, p.sent_into, false
  FROM patient p
  WHERE p.merged_into IS NOT NULL
    AND NOT EXISTS (SELECT FROM stage_merge m WHERE m.entity_id = p.patient_id)
    AND NOT EXISTS (SELECT FROM stage_fault f WHERE f.entity = 'merge' AND f.entity_id = p.patient_id)
  RETURNING 1
)
SELECT count(*) AS kept FROM kept
