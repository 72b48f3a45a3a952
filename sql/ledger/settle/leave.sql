-- Leaves rows as they are: nothing is owed of them until they change.
-- $1: a JSON array of rows (see src/ledger/settle.ts). Gives nothing.
WITH input AS (
  SELECT *
  FROM jsonb_to_recordset($1::jsonb) AS i (entity text, entity_id text, patient_id text, row_fingerprint uuid, settled_of text)
),
not_refused AS (
  DELETE FROM rejection x USING input i WHERE x.entity = i.entity AND x.entity_id = i.entity_id
)
INSERT INTO ignored (entity, entity_id, patient_id, row_fingerprint, is_gone)
SELECT
  entity, entity_id,
  CASE WHEN settled_of <> 'orphan' THEN patient_id END,
  CASE WHEN settled_of <> 'gone' THEN row_fingerprint END,
  settled_of = 'gone'
FROM input
ON CONFLICT (entity, entity_id) DO UPDATE
SET patient_id = excluded.patient_id, row_fingerprint = excluded.row_fingerprint, is_gone = excluded.is_gone
