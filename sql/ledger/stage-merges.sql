-- The staged merges, in the order of their processing: unusable ones are taken out, known ones that the source could not
-- show are kept, each chain is followed to its end, and the unsent ones are found. Last, patients connected by merges
-- share a lane.

-- name: take_out_faulty_merges
-- Takes merge rows out of the stage if their retired patient is missing, repeated or too long for an index, their
-- survivor is missing or too long, or they have a fault of their own. Stores their keys as faults; of a key that is too
-- long, its beginning. Byte-identical rows count once: their copies are dropped.
-- One row: the number of dropped copies.
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
  DELETE FROM stage_merge WHERE ctid = ANY (ARRAY(SELECT place FROM numbered WHERE nth > 1))
  RETURNING 1
)
SELECT count(*) AS copies FROM dropped;

-- name: find_damaged_keys
-- The entities with a staged row that has an unreadable key. $1: the damage mark.
-- One row per entity.
SELECT DISTINCT entity
FROM stage_fault
WHERE fault = 'damaged' AND position($1 IN entity_id) > 0;

-- name: keep_known_merges
-- Keeps the merges that were sent and are missing from a damaged source: an unreadable line does not undo a merge.
-- One row: the number of merges.
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
-- Stores the merges with a survivor who is not merged: their chain ends there. If the survivor's own merge row is
-- unusable, the chain has no end; such a row still shows that its own patient is not live.
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
-- The merges with a survivor who is merged in turn. If the survivor's own chain has ended, `next` is its end, or null if
-- it has none.
-- One row per merge.
SELECT m.entity_id AS patient_id, CASE WHEN r.patient_id IS NULL THEN m.surviving_patient_id ELSE r.survivor_id END AS next
FROM stage_merge m
JOIN stage_merge further ON further.entity_id = m.surviving_patient_id
LEFT JOIN stage_retired r ON r.patient_id = m.surviving_patient_id;

-- name: copy_retired_patient
-- Loads the ends of chains of more than one merge.
-- One row per retired patient.
COPY stage_retired (patient_id, survivor_id, fault) FROM STDIN;

-- name: find_unsent_merges
-- Finds the merges that differ from what was sent. A merge agrees if the patient's record is with the survivor and the
-- patient's own merge was sent there. Safe to repeat.
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
  -- Uses the partial index on merged patients.
  WHERE p.merged_into IS NOT NULL AND p.presence = 'merged'
) sent
  ON sent.patient_id = r.patient_id
  AND sent.survivor_id = r.survivor_id
  AND sent.own_survivor_id = r.survivor_id
WHERE sent.patient_id IS NULL
ON CONFLICT DO NOTHING;

-- name: read_crossing_merges
-- The pairs of patients connected by a merge outside the EHR's chains: merges that were sent and then undone or
-- re-pointed, and cycles. Few.
-- One row per pair.
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
-- Loads the persons that the ledger's own merges connect.
-- One row per patient.
COPY stage_lane (patient_id, lane) FROM STDIN;
