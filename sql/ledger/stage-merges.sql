-- The merges of the stage, in the order in which they are made sense of: those that cannot be used go, those that the source could not show
-- are kept, each is followed to its end, and those that Redox was not sent are found. Last, patients whom merges bring together share a
-- lane.

-- name: take_out_faulty_merges
-- Takes merge rows out of the stage that cannot be used, and keeps their keys as faults: a retired patient that is missing, too
-- long for an index (of which the beginning is kept) or named more than once, a survivor that is missing or too long, or a fault of
-- the row's own. Rows that are the same to the last byte count once: their copies are dropped.
-- Takes no parameters. One row: how many copies were dropped.
WITH faulty AS (
  SELECT
    coalesce(entity_id, '') AS entity_id,
    CASE
      WHEN coalesce(entity_id, '') = '' THEN 'missing_key'
      WHEN max(octet_length(entity_id)) > 2000 THEN 'key_too_long'
      WHEN count(fault) = count(*) THEN min(fault)
      WHEN count(DISTINCT (surviving_patient_id, merged_at)) > 1 THEN 'duplicate_key'
      WHEN coalesce(min(surviving_patient_id), '') = '' THEN 'missing_survivor'
      ELSE 'key_too_long'
    END AS fault,
    count(*) AS row_count
  FROM stage_merge
  GROUP BY coalesce(entity_id, '')
  HAVING
    coalesce(entity_id, '') = ''
    OR max(octet_length(entity_id)) > 2000
    OR count(DISTINCT (surviving_patient_id, merged_at)) > 1
    OR count(fault) > 0
    OR coalesce(min(surviving_patient_id), '') = ''
    OR max(octet_length(surviving_patient_id)) > 2000
),
kept AS (
  INSERT INTO stage_fault (entity, entity_id, fault, row_count)
  SELECT 'merge', CASE WHEN octet_length(entity_id) > 2000 THEN left(entity_id, 400) ELSE entity_id END, min(fault), sum(row_count)
  FROM faulty
  GROUP BY 2
),
taken AS (
  DELETE FROM stage_merge USING faulty WHERE coalesce(stage_merge.entity_id, '') = faulty.entity_id
),
numbered AS (
  SELECT ctid AS place, row_number() OVER (PARTITION BY entity_id ORDER BY asked DESC) AS nth
  FROM stage_merge
  WHERE entity_id NOT IN (SELECT entity_id FROM faulty)
),
dropped AS (
  DELETE FROM stage_merge USING numbered WHERE stage_merge.ctid = numbered.place AND nth > 1
  RETURNING 1
)
SELECT count(*) AS copies FROM dropped;

-- name: find_damaged_keys
-- The entities of which a staged row's own key could not be read. $1: what stands for bytes that could not be read. One row per entity.
SELECT DISTINCT entity
FROM stage_fault
WHERE fault = 'damaged' AND position($1 IN entity_id) > 0;

-- name: keep_known_merges
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
SELECT count(*) AS kept FROM kept;

-- name: end_merges
-- Takes the merges whose survivor is not merged: their chain ends there. Where the survivor's own merge row cannot be used, it ends
-- nowhere, and such a row still says that its own patient is not to be told as a live one.
-- Takes no parameters. Gives nothing.
INSERT INTO stage_retired (patient_id, survivor_id, fault)
SELECT
  m.entity_id,
  CASE WHEN f.entity_id IS NULL THEN m.surviving_patient_id END,
  CASE WHEN f.entity_id IS NOT NULL THEN 'merge_without_survivor' END
FROM stage_merge m
LEFT JOIN stage_fault f ON f.entity = 'merge' AND f.entity_id = m.surviving_patient_id
WHERE NOT EXISTS (SELECT FROM stage_merge further WHERE further.entity_id = m.surviving_patient_id)
UNION ALL
SELECT entity_id, NULL, fault
FROM stage_fault
WHERE entity = 'merge' AND entity_id <> '';

-- name: read_chained_merges
-- The merges whose survivor is merged in turn: their chains are longer than one. Where the survivor's own chain has ended, `next` is
-- its end, or null where it ends nowhere.
-- Takes no parameters. One row per merge.
SELECT m.entity_id AS patient_id, CASE WHEN r.patient_id IS NULL THEN m.surviving_patient_id ELSE r.survivor_id END AS next
FROM stage_merge m
JOIN stage_merge further ON further.entity_id = m.surviving_patient_id
LEFT JOIN stage_retired r ON r.patient_id = m.surviving_patient_id;

-- name: copy_retired_patient
-- Takes the ends of chains that are longer than one merge. One row per retired patient.
COPY stage_retired (patient_id, survivor_id, fault) FROM STDIN;

-- name: find_unsent_merges
-- Finds the merges that Redox was not told as the EHR has them: all but those of patients whose record is with the survivor, and whose
-- own merge was told to lead there. Safe to repeat. Takes no parameters. Gives nothing.
INSERT INTO stage_unsent_merge (patient_id)
SELECT r.patient_id
FROM stage_retired r
LEFT JOIN (
  SELECT
    p.patient_id,
    coalesce(t.survivor_id, p.merged_into) AS survivor_id,
    coalesce(o.survivor_id, p.sent_into) AS own_survivor_id
  FROM patient p
  LEFT JOIN stage_retired t ON t.patient_id = p.merged_into
  LEFT JOIN stage_retired o ON o.patient_id = p.sent_into
  -- Only who is merged is inside somebody; the index of those spares all other patients.
  WHERE p.merged_into IS NOT NULL AND p.presence = 'merged'
) told
  ON told.patient_id = r.patient_id
  AND told.survivor_id = r.survivor_id
  AND told.own_survivor_id = r.survivor_id
WHERE told.patient_id IS NULL
ON CONFLICT DO NOTHING;

-- name: read_crossing_merges
-- The pairs of patients that a merge connects although the EHR's chains do not: merges that Redox was told and the EHR has
-- undone or re-pointed, and cycles. Few.
-- Takes no parameters. One row per pair.
SELECT coalesce(a.survivor_id, p.patient_id) AS one, coalesce(b.survivor_id, p.merged_into) AS other
FROM patient p
LEFT JOIN stage_retired a ON a.patient_id = p.patient_id
LEFT JOIN stage_retired b ON b.patient_id = p.merged_into
WHERE p.merged_into IS NOT NULL
  AND coalesce(a.survivor_id, p.patient_id) <> coalesce(b.survivor_id, p.merged_into)
UNION ALL
SELECT m.entity_id, coalesce(b.survivor_id, m.surviving_patient_id)
FROM stage_retired r
JOIN stage_merge m ON m.entity_id = r.patient_id
LEFT JOIN stage_retired b ON b.patient_id = m.surviving_patient_id
WHERE r.fault IS NOT NULL AND m.entity_id <> m.surviving_patient_id;

-- name: copy_lane
-- Takes the persons that the ledger's own merges connect. One row per patient.
COPY stage_lane (patient_id, lane) FROM STDIN;
