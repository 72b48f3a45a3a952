-- Plans the calls that a person says Redox has taken, so that `outcomes.sql` records them like any other: as unneeded, for nothing
-- is sent. What the ledger has no row of gets one, as if it were being sent.
-- $1: run. $2: a JSON array of rows (see src/ledger/settle.ts). One row per call: its id, beside the row.
WITH input AS (
  SELECT *
  FROM jsonb_to_recordset($2::jsonb) AS i (
    entity text, entity_id text, event_type text, lane text, position smallint, patient_id text, row_patient_id text,
    mrn text, named_mrn text, row_fingerprint uuid, open_since timestamptz
  )
),
patients AS (
  INSERT INTO patient (patient_id, presence, mrn)
  SELECT entity_id, 'uncertain', named_mrn FROM input WHERE event_type = 'NewPatient'
  ON CONFLICT DO NOTHING
),
visits AS (
  INSERT INTO encounter (encounter_id, presence, patient_id, filed_under)
  SELECT entity_id, 'uncertain', row_patient_id, patient_id FROM input WHERE event_type = 'VisitPush'
  ON CONFLICT DO NOTHING
)
INSERT INTO call (
  run_number, lane, position, event_type, entity, entity_id, patient_id, row_patient_id, mrn, forced, scanned_fingerprint, open_since,
  presence_before
)
SELECT
  $1, i.lane, i.position, i.event_type, i.entity, i.entity_id, i.patient_id, i.row_patient_id, i.mrn, false, i.row_fingerprint,
  coalesce(i.open_since, now()),
  CASE i.entity
    WHEN 'encounter' THEN (SELECT e.presence FROM encounter e WHERE e.encounter_id = i.entity_id)
    ELSE (SELECT p.presence FROM patient p WHERE p.patient_id = i.entity_id)
  END
FROM input i
RETURNING call_id, entity, entity_id
