-- Takes unusable patients and visits out of the stage: rows without a key, different rows with one key, patients who
-- share an MRN, and patients who may have been retired by an unreadable merge.

-- name: take_out_faulty_patients
-- Takes patient rows out of the stage if their key is missing or repeated, their key or MRN is too long for an index, or
-- they have a fault of their own. Stores their keys as faults; of a key that is too long, its beginning. Byte-identical
-- rows count once: their copies are dropped.
-- One row: the number of dropped copies.
-- If all chunks are open, as in a first load, no key has to be looked up.
WITH open_chunks AS MATERIALIZED (
  SELECT coalesce(bool_and(unchanged IS NULL), false) AS are_all FROM stage_chunk
),
-- Read twice at most: storing every row of a first load would cost more.
uncompared AS NOT MATERIALIZED (
  SELECT entity_id, octet_length(mrn) > 2000 OR fault IS NOT NULL AS is_unusable
  FROM stage_patient
  WHERE chunk_id IN (SELECT chunk_id FROM stage_chunk WHERE unchanged IS NULL)
),
suspect AS MATERIALIZED (
  SELECT coalesce(entity_id, '') AS entity_id
  FROM uncompared
  WHERE coalesce(entity_id, '') = '' OR octet_length(entity_id) > 2000 OR is_unusable
  UNION
  -- Only counts, because it covers every row of the open chunks; the exact fault is determined for a few.
  SELECT entity_id
  FROM stage_patient
  WHERE (SELECT are_all FROM open_chunks)
  GROUP BY entity_id
  HAVING count(*) > 1
  UNION
  SELECT entity_id
  FROM stage_patient
  WHERE NOT (SELECT are_all FROM open_chunks) AND entity_id IN (SELECT entity_id FROM uncompared)
  GROUP BY entity_id
  HAVING count(*) > 1
),
faulty AS (
  SELECT
    coalesce(entity_id, '') AS entity_id,
    CASE
      WHEN coalesce(entity_id, '') = '' THEN 'missing_key'
      WHEN max(octet_length(entity_id)) > 2000 THEN 'key_too_long'
      WHEN count(fault) = count(*) THEN min(fault)
      WHEN count(DISTINCT (mrn, updated_at, fingerprint)) > 1 THEN 'duplicate_key'
      ELSE 'key_too_long'
    END AS fault,
    count(*) AS row_count
  FROM stage_patient
  WHERE coalesce(entity_id, '') IN (SELECT entity_id FROM suspect)
  GROUP BY coalesce(entity_id, '')
  HAVING
    coalesce(entity_id, '') = ''
    OR count(DISTINCT (mrn, updated_at, fingerprint)) > 1
    OR count(fault) > 0
    OR max(octet_length(entity_id)) > 2000
    OR max(octet_length(mrn)) > 2000
),
kept AS (
  INSERT INTO stage_fault (entity, entity_id, fault, row_count)
  SELECT 'patient', CASE WHEN octet_length(entity_id) > 2000 THEN left(entity_id, 400) ELSE entity_id END, min(fault), sum(row_count)
  FROM faulty
  GROUP BY 2
),
taken AS (
  DELETE FROM stage_patient USING faulty WHERE coalesce(stage_patient.entity_id, '') = faulty.entity_id
  RETURNING chunk_id
),
numbered AS (
  SELECT ctid AS place, row_number() OVER (PARTITION BY entity_id ORDER BY asked DESC, chunk_id) AS nth
  FROM stage_patient
  WHERE entity_id IN (SELECT entity_id FROM suspect) AND entity_id NOT IN (SELECT entity_id FROM faulty)
),
dropped AS (
  -- Few, found by their places: a join would hash every row.
  DELETE FROM stage_patient WHERE ctid = ANY (ARRAY(SELECT place FROM numbered WHERE nth > 1))
  RETURNING chunk_id
),
-- The rest of the chunk is compared; without a digest the next sweep stages it again.
reopened AS (
  UPDATE stage_chunk
  SET digest = NULL, unchanged = NULL, not_due = NULL, known = NULL
  WHERE chunk_id IN (SELECT chunk_id FROM taken UNION SELECT chunk_id FROM dropped)
)
SELECT count(*) AS copies FROM dropped;

-- name: take_out_faulty_encounters
-- Takes visit rows out of the stage if their key is missing, repeated or too long for an index, their patient is missing,
-- their status is outside the contract, or they have a fault of their own. Stores their keys as faults; of a key that is
-- too long, its beginning. Byte-identical rows count once: their copies are dropped.
-- One row: the number of dropped copies.
-- If all chunks are open, as in a first load, no key has to be looked up.
WITH open_chunks AS MATERIALIZED (
  SELECT coalesce(bool_and(unchanged IS NULL), false) AS are_all FROM stage_chunk
),
-- Read twice at most: storing every row of a first load would cost more.
uncompared AS NOT MATERIALIZED (
  SELECT entity_id, coalesce(patient_id, '') = '' OR status = 'unreadable' OR fault IS NOT NULL AS is_unusable
  FROM stage_encounter
  WHERE chunk_id IN (SELECT chunk_id FROM stage_chunk WHERE unchanged IS NULL)
),
suspect AS MATERIALIZED (
  SELECT coalesce(entity_id, '') AS entity_id
  FROM uncompared
  WHERE coalesce(entity_id, '') = '' OR octet_length(entity_id) > 2000 OR is_unusable
  UNION
  -- Only counts, because it covers every row of the open chunks; the exact fault is determined for a few.
  SELECT entity_id
  FROM stage_encounter
  WHERE (SELECT are_all FROM open_chunks)
  GROUP BY entity_id
  HAVING count(*) > 1
  UNION
  SELECT entity_id
  FROM stage_encounter
  WHERE NOT (SELECT are_all FROM open_chunks) AND entity_id IN (SELECT entity_id FROM uncompared)
  GROUP BY entity_id
  HAVING count(*) > 1
),
faulty AS (
  SELECT
    coalesce(entity_id, '') AS entity_id,
    CASE
      WHEN coalesce(entity_id, '') = '' THEN 'missing_key'
      WHEN max(octet_length(entity_id)) > 2000 THEN 'key_too_long'
      WHEN count(fault) = count(*) THEN min(fault)
      WHEN count(DISTINCT (patient_id, updated_at, fingerprint)) > 1 THEN 'duplicate_key'
      WHEN coalesce(min(patient_id), '') = '' THEN 'missing_patient'
      ELSE 'unreadable_status'
    END AS fault,
    count(*) AS row_count
  FROM stage_encounter
  WHERE coalesce(entity_id, '') IN (SELECT entity_id FROM suspect)
  GROUP BY coalesce(entity_id, '')
  HAVING
    coalesce(entity_id, '') = ''
    OR max(octet_length(entity_id)) > 2000
    OR count(DISTINCT (patient_id, updated_at, fingerprint)) > 1
    OR count(fault) > 0
    OR coalesce(min(patient_id), '') = ''
    OR min(status) = 'unreadable'
),
kept AS (
  INSERT INTO stage_fault (entity, entity_id, fault, row_count)
  SELECT 'encounter', CASE WHEN octet_length(entity_id) > 2000 THEN left(entity_id, 400) ELSE entity_id END, min(fault), sum(row_count)
  FROM faulty
  GROUP BY 2
),
taken AS (
  DELETE FROM stage_encounter USING faulty WHERE coalesce(stage_encounter.entity_id, '') = faulty.entity_id
  RETURNING chunk_id
),
numbered AS (
  SELECT ctid AS place, row_number() OVER (PARTITION BY entity_id ORDER BY asked DESC, chunk_id) AS nth
  FROM stage_encounter
  WHERE entity_id IN (SELECT entity_id FROM suspect) AND entity_id NOT IN (SELECT entity_id FROM faulty)
),
dropped AS (
  -- Few, found by their places: a join would hash every row.
  DELETE FROM stage_encounter WHERE ctid = ANY (ARRAY(SELECT place FROM numbered WHERE nth > 1))
  RETURNING chunk_id
),
-- The rest of the chunk is compared; without a digest the next sweep stages it again.
reopened AS (
  UPDATE stage_chunk
  SET digest = NULL, unchanged = NULL, not_due = NULL, known = NULL
  WHERE chunk_id IN (SELECT chunk_id FROM taken UNION SELECT chunk_id FROM dropped)
)
SELECT count(*) AS copies FROM dropped;

-- name: take_out_shared_mrns
-- Takes live patients out of the stage if another live patient has the same MRN, in the EHR or at Redox: sending either
-- would put one person's data into the other's record. At Redox an MRN belongs to another patient also while a merge that
-- retires it is owed or uncertain: that merge would take this patient's new record along.
WITH open_chunks AS MATERIALIZED (
  SELECT coalesce(bool_and(unchanged IS NULL), false) AS are_all FROM stage_chunk
),
suspect AS MATERIALIZED (
  -- Only rows of open chunks and dirty rows can be newly affected.
  SELECT coalesce(mrn, entity_id) AS mrn
  FROM stage_patient
  WHERE chunk_id IN (SELECT chunk_id FROM stage_chunk WHERE unchanged IS NULL)
  UNION
  SELECT unnest(l.former_mrns || l.mrn)
  FROM redox_reconcile_sweep.dirty_row t
  JOIN patient l ON l.patient_id = t.entity_id
  WHERE t.entity = 'patient'
),
live AS MATERIALIZED (
  SELECT s.entity_id, coalesce(s.mrn, s.entity_id) AS mrn, s.mrn IS NOT NULL AS has_own_mrn
  FROM stage_patient s
  WHERE (SELECT are_all FROM open_chunks)
    AND NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = s.entity_id)
  UNION ALL
  SELECT s.entity_id, coalesce(s.mrn, s.entity_id), s.mrn IS NOT NULL
  FROM stage_patient s
  WHERE NOT (SELECT are_all FROM open_chunks)
    AND coalesce(s.mrn, s.entity_id) IN (SELECT mrn FROM suspect)
    AND NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = s.entity_id)
),
shared_in_ehr AS (
  SELECT entity_id
  FROM live
  WHERE EXISTS (SELECT FROM stage_patient WHERE mrn IS NOT NULL)
    -- An array for each MRN would cost much more.
    AND mrn IN (SELECT mrn FROM live GROUP BY mrn HAVING count(*) > 1)
),
held_by_another AS (
  SELECT live.entity_id
  FROM live
  JOIN patient other ON other.mrn = live.mrn AND other.patient_id <> live.entity_id
  LEFT JOIN stage_retired r ON r.patient_id = other.patient_id
  WHERE (live.has_own_mrn OR other.mrn <> other.patient_id)
    AND other.presence <> 'merged'
    AND r.survivor_id IS DISTINCT FROM live.entity_id
),
owed_by_another AS (
  SELECT live.entity_id
  FROM patient other
  CROSS JOIN LATERAL unnest(other.former_mrns) AS former (mrn)
  JOIN live ON live.mrn = former.mrn AND live.entity_id <> other.patient_id
  WHERE other.former_mrns <> '{}' AND other.presence <> 'merged'
),
faulty AS (
  SELECT entity_id FROM shared_in_ehr
  UNION SELECT entity_id FROM held_by_another
  UNION SELECT entity_id FROM owed_by_another
),
kept AS (
  INSERT INTO stage_fault (entity, entity_id, fault, row_count)
  SELECT 'patient', entity_id, 'shared_mrn', 1 FROM faulty
),
taken AS (
  DELETE FROM stage_patient USING faulty WHERE stage_patient.entity_id = faulty.entity_id
  RETURNING chunk_id
)
-- The rest of the chunk is compared; without a digest the next sweep stages it again.
UPDATE stage_chunk
SET digest = NULL, unchanged = NULL, not_due = NULL, known = NULL
WHERE chunk_id IN (SELECT chunk_id FROM taken);

-- name: take_out_summary_visits
-- Takes visits out of the stage with the document id of a patient's summary: `summary.` and the key of a patient of the
-- EHR. Runs only if the contract has summary/.
WITH faulty AS MATERIALIZED (
  SELECT e.entity_id
  FROM stage_encounter e
  WHERE e.entity_id LIKE 'summary.%'
    -- Also where the visit was compared before and is not sent yet: the patient may be new.
    AND e.chunk_id IN (SELECT chunk_id FROM stage_chunk WHERE NOT is_clean)
    AND (
      EXISTS (SELECT FROM stage_patient s WHERE s.entity_id = substr(e.entity_id, 9))
      OR EXISTS (SELECT FROM patient l WHERE l.patient_id = substr(e.entity_id, 9))
    )
),
kept AS (
  INSERT INTO stage_fault (entity, entity_id, fault, row_count)
  SELECT 'encounter', entity_id, 'id_of_summary', 1 FROM faulty
),
taken AS (
  DELETE FROM stage_encounter USING faulty WHERE stage_encounter.entity_id = faulty.entity_id
  RETURNING chunk_id
)
-- The rest of the chunk is compared; without a digest the next sweep stages it again.
UPDATE stage_chunk
SET digest = NULL, unchanged = NULL, not_due = NULL, known = NULL
WHERE chunk_id IN (SELECT chunk_id FROM taken);

-- name: take_out_unknown_patients
-- Takes patients unknown to the ledger out of the stage while some merges are unreadable: each of them may be retired,
-- and a retired patient is not sent.
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
-- The rest of the chunk is compared; without a digest the next sweep stages it again.
UPDATE stage_chunk
SET digest = NULL, unchanged = NULL, not_due = NULL, known = NULL
WHERE chunk_id IN (SELECT chunk_id FROM taken);

-- name: mark_missing_survivors
-- Marks chains of merges that end in a patient without a usable row.
-- $1: true if all patients were scanned; otherwise only survivors that were fetched can be missing. $2: true if some
-- patients were unreadable, so that a missing survivor may be one of them.
-- One row: the number of merges.
WITH marked AS (
  UPDATE stage_retired r
  SET
    survivor_id = NULL,
    fault = CASE
      WHEN $2 OR EXISTS (
        SELECT FROM stage_fault f
        WHERE f.entity = 'patient' AND f.entity_id = r.survivor_id AND f.fault IN ('damaged', 'merge_unread')
      )
      THEN 'survivor_unread'
      ELSE 'merge_without_survivor'
    END
  WHERE r.survivor_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM stage_patient s WHERE s.entity_id = r.survivor_id)
    AND ($1 OR EXISTS (SELECT FROM stage_wanted w WHERE w.entity = 'patient' AND w.entity_id = r.survivor_id))
  RETURNING r.patient_id
),
unsent AS (
  INSERT INTO stage_unsent_merge (patient_id)
  SELECT patient_id FROM marked
  ON CONFLICT DO NOTHING
)
SELECT count(*) AS marked FROM marked;
