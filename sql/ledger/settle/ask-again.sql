-- Keeps rows owed that a person says to send, and no longer on hold: each has an open call that says so, and what was counted
-- against it is forgotten. $1: run. $2: a JSON array of rows (see src/ledger/settle.ts). Gives nothing.
WITH input AS (
  SELECT *
  FROM jsonb_to_recordset($2::jsonb) AS i (
    entity text, entity_id text, event_type text, lane text, position smallint, patient_id text, row_patient_id text,
    mrn text, row_fingerprint uuid, open_since timestamptz
  )
),
not_ignored AS (
  DELETE FROM ignored g USING input i WHERE g.entity = i.entity AND g.entity_id = i.entity_id
),
not_refused AS (
  DELETE FROM rejection x
  USING input i
  WHERE x.entity_id = i.entity_id AND (x.entity = i.entity OR (x.entity = 'patient' AND i.entity = 'merge'))
)
INSERT INTO call (
  run_number, lane, position, event_type, entity, entity_id, patient_id, row_patient_id, mrn, state, reason, forced,
  scanned_fingerprint, open_since, finished_at
)
SELECT
  $1, lane, position, event_type, entity, entity_id, patient_id, row_patient_id, mrn, 'superseded', 'settled', false,
  row_fingerprint, coalesce(open_since, now()), now()
FROM input
-- What was left as it is has no call any more; the next sweep meets it.
WHERE lane IS NOT NULL
