-- Takes patients out of the stage whom the ledger does not know, while some merges could not be read: each of them may be retired, and
-- a retired patient is not told. Takes no parameters. Gives nothing.
WITH unknown AS MATERIALIZED (
  SELECT s.entity_id
  FROM stage_patient s
  WHERE NOT EXISTS (SELECT FROM patient l WHERE l.patient_id = s.entity_id)
    AND NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = s.entity_id)
),
kept AS (
  INSERT INTO stage_fault (entity, entity_id, fault, row_count)
  SELECT 'patient', entity_id, 'merge_unread', 1 FROM unknown
),
taken AS (
  DELETE FROM stage_patient USING unknown WHERE stage_patient.entity_id = unknown.entity_id
  RETURNING chunk_id
)
-- What is left of the chunk is compared, and the next sweep stages it anew.
UPDATE stage_chunk
SET digest = NULL, unchanged = NULL, not_due = NULL, known = NULL
WHERE chunk_id IN (SELECT chunk_id FROM taken)
