-- `settle`: a person's decision about rows on hold or owed, and its effects.

-- name: find_settleable_rows
-- The state of the listed rows that a person may decide on: the last open call if it was rejected or is unknown; a merge
-- held because of its retired patient; an ignored row; or a row listed as gone or orphan since the last sweep.
-- $1: entities. $2: ids.
-- One row per listed row, in their order.
WITH listed AS (
  SELECT * FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS i (entity, entity_id, place)
),
recent AS (
  SELECT run_number
  FROM run
  WHERE run_number >= (SELECT coalesce(max(run_number), 0) FROM run WHERE mode = 'sweep' AND counts IS NOT NULL)
)
SELECT
  i.entity,
  i.entity_id,
  CASE
    -- Redox accepted it and failed inside.
    WHEN c.state = 'accepted' THEN 'rejected'
    WHEN c.call_id IS NOT NULL THEN c.state
    WHEN ignoring.entity IS NOT NULL AND (d.run_number > ignoring.decided_in) IS NOT TRUE THEN 'ignored'
    WHEN d.kind = 'held' AND i.entity = 'merge' THEN CASE WHEN d.rejected_dates IS NULL THEN 'unknown' ELSE 'rejected' END
    WHEN d.kind IN ('gone', 'orphan') THEN d.kind
  END AS settled_of,
  coalesce(c.event_type, 'PatientMerge') AS event_type,
  coalesce(c.lane, d.patient_id) AS lane,
  coalesce(c.position, 3) AS position,
  coalesce(c.patient_id, d.patient_id) AS patient_id,
  c.row_patient_id,
  c.mrn,
  coalesce(c.mrn, c.planned_mrn, CASE WHEN c.event_type = 'NewPatient' THEN p.mrn END) AS named_mrn,
  CASE WHEN i.entity IN ('patient', 'encounter') THEN coalesce(x.row_fingerprint, c.scanned_fingerprint, d.row_fingerprint) END AS row_fingerprint,
  c.open_since,
  coalesce(p.former_mrns, '{}') AS former_mrns,
  p.patient_id IS NOT NULL OR e.encounter_id IS NOT NULL OR s.patient_id IS NOT NULL OR d.kind IS NOT NULL
    OR EXISTS (SELECT FROM call o WHERE o.is_open AND o.entity = i.entity AND o.entity_id = i.entity_id) AS is_known,
  EXISTS (
    SELECT FROM call o WHERE o.is_open AND o.state = 'blocked' AND o.entity = i.entity AND o.entity_id = i.entity_id
  ) AS is_blocked
FROM listed i
LEFT JOIN patient p ON i.entity IN ('patient', 'merge') AND p.patient_id = i.entity_id
LEFT JOIN encounter e ON i.entity = 'encounter' AND e.encounter_id = i.entity_id
LEFT JOIN summary s ON i.entity = 'summary' AND s.patient_id = i.entity_id
-- A row listed after it was ignored has changed or vanished.
LEFT JOIN LATERAL (
  SELECT
    g.entity,
    (
      SELECT coalesce(max(s.run_number), 0)
      FROM settlement s
      WHERE s.decision = 'ignore' AND s.entity = g.entity AND s.entity_id = g.entity_id
    ) AS decided_in
  FROM ignored g
  WHERE g.entity = i.entity AND g.entity_id = i.entity_id
) ignoring ON true
LEFT JOIN LATERAL (
  SELECT o.*
  FROM call o
  WHERE o.is_open AND o.entity = i.entity AND o.entity_id = i.entity_id AND o.state IN ('unknown', 'rejected', 'accepted')
  ORDER BY o.call_id DESC
  LIMIT 1
) c ON true
-- Redox rejected the fetched row, which may be newer than the scanned one.
LEFT JOIN rejection x ON c.state IN ('rejected', 'accepted') AND x.entity = i.entity AND x.entity_id = i.entity_id
LEFT JOIN LATERAL (
  SELECT f.run_number, f.kind, f.patient_id, f.row_fingerprint, f.rejected_dates
  FROM recent
  JOIN discrepancy f ON f.run_number = recent.run_number AND f.entity = i.entity AND f.entity_id = i.entity_id
  WHERE f.kind IN ('held', 'gone', 'orphan')
  ORDER BY f.run_number DESC
  LIMIT 1
) d ON true
ORDER BY i.place;

-- name: close_settled_calls
-- Closes the open calls of earlier runs that a person has settled.
-- $1: run. $2: entities. $3: ids. $4: for each the settled event type, or null for every call of the row. A NewPatient
-- and a PatientUpdate count as one, because both send the row.
UPDATE call c
SET
  is_open = false,
  state = CASE WHEN c.state = 'planned' THEN 'superseded' ELSE c.state END,
  reason = CASE WHEN c.state = 'planned' THEN 'newer_plan' ELSE c.reason END,
  finished_at = coalesce(c.finished_at, now())
FROM unnest($2::text[], $3::text[], $4::text[]) AS i (entity, entity_id, event_type)
WHERE c.is_open
  AND c.state <> 'sending'
  AND c.run_number <> $1
  AND c.entity = i.entity
  AND c.entity_id = i.entity_id
  AND (i.event_type IS NULL OR (c.event_type = 'PatientMerge') = (i.event_type = 'PatientMerge'));

-- name: plan_accepted_calls
-- Plans the calls that Redox has taken by a person's word, so that `record_outcomes` records them like others: as
-- unneeded, because nothing is sent. A row that the ledger lacks is added, as it is before sending.
-- $1: run. $2: a JSON array of rows (see src/ledger/settle.ts).
-- One row per call: its id, beside the row.
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
  SELECT entity_id, 'uncertain', row_patient_id, patient_id FROM input WHERE entity = 'encounter'
  ON CONFLICT DO NOTHING
),
summaries AS (
  INSERT INTO summary AS s (patient_id, presence, content_of)
  SELECT entity_id, 'uncertain', patient_id FROM input WHERE entity = 'summary'
  ON CONFLICT (patient_id) DO UPDATE
  SET presence = CASE s.presence WHEN 'none' THEN 'uncertain' ELSE s.presence END, is_current = false, message_fingerprint = NULL
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
    WHEN 'summary' THEN (SELECT s.presence FROM summary s WHERE s.patient_id = i.entity_id)
    ELSE (SELECT p.presence FROM patient p WHERE p.patient_id = i.entity_id)
  END
FROM input i
RETURNING call_id, entity, entity_id;

-- name: ask_again
-- Releases rows from hold that a person wants sent: each gets an open call, and its rejections are deleted.
-- $1: run. $2: a JSON array of rows (see src/ledger/settle.ts).
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
-- An ignored row has no call any more; the next sweep finds it.
WHERE lane IS NOT NULL;

-- name: leave_rows
-- Ignores rows: they are owed again only once they change.
-- $1: a JSON array of rows (see src/ledger/settle.ts).
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
SET patient_id = excluded.patient_id, row_fingerprint = excluded.row_fingerprint, is_gone = excluded.is_gone;

-- name: note_settlement
-- Records a person's decisions. $1: run. $2: the decision. $3: time. $4: entities. $5: ids. $6: what each was settled
-- from.
INSERT INTO settlement (run_number, entity, entity_id, decision, settled_of, settled_at)
SELECT $1, i.entity, i.entity_id, $2, i.settled_of, $3
FROM unnest($4::text[], $5::text[], $6::text[]) AS i (entity, entity_id, settled_of);
