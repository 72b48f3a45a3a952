-- `--after-restore`: the ledger has lost commits, so Redox may have received more than it records. These statements find
-- the last certain run, list what may have been sent since from the reports and the rows' own times, and void all of it,
-- so that it is sent again.

-- name: find_last_certain_run
-- The last finished run that compared everything it was to compare; the ledger is certain up to its start.
-- $1: only runs that started before this; null: any. $2: this run.
-- One row, or none.
SELECT run_number, started_at
FROM run
WHERE status = 'done'
  AND NOT plan_only
  AND mode IN ('sweep', 'changes')
  AND run_number < $2
  AND ($1::timestamptz IS NULL OR started_at < $1)
ORDER BY run_number DESC
LIMIT 1;

-- name: find_unknown_runs
-- The runs of this list that the ledger lacks. Runs older than its first one were pruned. $1: run ids.
-- One row per such run.
SELECT given.run_id
FROM unnest($1::text[]) AS given (run_id)
LEFT JOIN run ON run.run_id = given.run_id COLLATE "C"
WHERE run.run_id IS NULL
  AND given.run_id COLLATE "C" >= coalesce((SELECT min(run_id) FROM run), '');

-- name: find_runs_since
-- The runs after the last certain one. $1: that one's number; null: all. $2: this run.
-- One row per run.
SELECT run_id FROM run WHERE run_number > coalesce($1, 0) AND run_number < $2;

-- name: copy_lost_call
-- Loads the calls of runs that the ledger does not know to their end.
-- One row per call.
COPY stage_lost_call (entity, entity_id, patient_id) FROM STDIN;

-- name: find_doubtful_rows
-- Finds the patients of whom Redox may have received more than the ledger records: those with a row updated since the
-- last certain run, those with a call in a later run, and everyone merged with them in the EHR, the ledger or such a
-- call.
-- $1: start of the last certain run. $2: its number. $3: this run.
INSERT INTO stage_doubtful (patient_id)
WITH RECURSIVE visit AS (
  SELECT entity_id FROM stage_encounter WHERE updated_at IS NULL OR updated_at >= $1
  UNION
  SELECT entity_id FROM stage_lost_call WHERE entity = 'encounter'
),
later AS (
  SELECT entity, entity_id, patient_id FROM stage_lost_call
  UNION ALL
  SELECT entity, entity_id, patient_id FROM call WHERE run_number > $2 AND run_number < $3
  UNION ALL
  SELECT entity, entity_id, row_patient_id FROM call WHERE run_number > $2 AND run_number < $3 AND entity = 'encounter'
  UNION ALL
  SELECT 'merge', entity_id, surviving_patient_id FROM stage_merge WHERE merged_at IS NULL OR merged_at >= $1
),
pair AS (
  SELECT patient_id AS one, survivor_id AS other FROM stage_retired WHERE survivor_id IS NOT NULL
  UNION
  SELECT patient_id, merged_into FROM patient WHERE merged_into IS NOT NULL
  UNION
  SELECT patient_id, sent_into FROM patient WHERE sent_into IS NOT NULL
  UNION
  SELECT entity_id, patient_id FROM later WHERE entity = 'merge'
),
edge AS (
  SELECT one, other FROM pair
  UNION ALL
  SELECT other, one FROM pair
),
doubtful AS (
  (
    SELECT entity_id AS patient_id FROM stage_patient WHERE updated_at IS NULL OR updated_at >= $1
    UNION
    SELECT s.patient_id FROM visit JOIN stage_encounter s USING (entity_id)
    UNION
    SELECT e.patient_id FROM visit JOIN encounter e ON e.encounter_id = visit.entity_id
    UNION
    SELECT e.filed_under FROM visit JOIN encounter e ON e.encounter_id = visit.entity_id
    UNION
    SELECT patient_id FROM later
    UNION
    SELECT entity_id FROM later WHERE entity <> 'encounter'
  )
  UNION
  SELECT edge.other FROM doubtful JOIN edge ON edge.one = doubtful.patient_id
)
SELECT patient_id FROM doubtful WHERE patient_id IS NOT NULL;

-- name: void_patients
-- Voids the ledger's facts of the doubtful patients. Redox may have merged or unmerged any of them since. A patient with
-- a row is therefore created again (`uncertain`), and then merged again if the EHR has the merge. A row with its
-- survivor's MRN is the same record at Redox, and is not created. A death counts as possibly sent.
-- One row: the number of patients.
WITH doubtful AS (
  SELECT
    p.patient_id,
    r.survivor_id,
    s.entity_id IS NOT NULL AND p.mrn IS DISTINCT FROM coalesce(v.mrn, v.entity_id) AS can_be_created
  FROM stage_doubtful d
  JOIN patient p USING (patient_id)
  LEFT JOIN stage_retired r USING (patient_id)
  LEFT JOIN stage_patient s ON s.entity_id = d.patient_id
  LEFT JOIN stage_patient v ON v.entity_id = r.survivor_id
),
voided AS (
  UPDATE patient p
  SET
    row_fingerprint = NULL,
    message_fingerprint = NULL,
    group_fingerprints = NULL,
    match_faults = NULL,
    sent_death = true,
    presence = CASE
      WHEN d.can_be_created AND (d.survivor_id IS NOT NULL OR p.presence = 'present') THEN 'uncertain'
      WHEN d.survivor_id IS NOT NULL THEN 'merge_uncertain'
      ELSE p.presence
    END,
    merged_into = CASE
      WHEN d.survivor_id IS NULL THEN p.merged_into
      WHEN NOT d.can_be_created THEN coalesce(p.merged_into, d.survivor_id)
    END,
    sent_into = CASE
      WHEN d.survivor_id IS NULL THEN p.sent_into
      WHEN NOT d.can_be_created THEN coalesce(p.sent_into, d.survivor_id)
    END
  FROM doubtful d
  WHERE p.patient_id = d.patient_id
  RETURNING 1
)
SELECT count(*) AS voided FROM voided;

-- name: add_patients
-- Adds the patients that Redox may have and the ledger lacks: those of lost calls, and retired ones with a row or merge
-- newer than the last certain run. Without a row of the EHR the MRN is unknown; those patients are listed as gone.
-- $1: start of the last certain run.
-- One row: the number of patients.
WITH added AS (
  INSERT INTO patient (patient_id, presence, mrn, sent_death)
  SELECT DISTINCT ON (s.entity_id) s.entity_id, 'uncertain', coalesce(s.mrn, s.entity_id), true
  FROM stage_doubtful d
  JOIN stage_patient s ON s.entity_id = d.patient_id
  LEFT JOIN stage_retired r USING (patient_id)
  LEFT JOIN stage_merge m ON m.entity_id = d.patient_id
  LEFT JOIN stage_patient v ON v.entity_id = r.survivor_id
  WHERE (r.patient_id IS NULL OR r.survivor_id IS NOT NULL)
    AND coalesce(s.mrn, s.entity_id) IS DISTINCT FROM coalesce(v.mrn, v.entity_id)
    AND (
      EXISTS (SELECT FROM stage_lost_call l WHERE l.entity <> 'encounter' AND d.patient_id IN (l.entity_id, l.patient_id))
      OR r.patient_id IS NOT NULL AND (s.updated_at IS NULL OR s.updated_at >= $1 OR m.merged_at IS NULL OR m.merged_at >= $1)
    )
  ON CONFLICT DO NOTHING
  RETURNING 1
)
SELECT count(*) AS added FROM added;

-- name: void_visits
-- Voids the ledger's facts of the visits of doubtful patients, and adds the unknown visits of lost calls: Redox may have
-- each document, in another version or under another patient.
-- One row: the number of visits.
WITH voided AS (
  UPDATE encounter e
  SET row_fingerprint = NULL, message_fingerprint = NULL, group_fingerprints = NULL
  WHERE e.patient_id IN (SELECT patient_id FROM stage_doubtful)
    OR e.filed_under IN (SELECT patient_id FROM stage_doubtful)
    OR e.encounter_id IN (SELECT s.entity_id FROM stage_encounter s JOIN stage_doubtful USING (patient_id))
  RETURNING 1
),
added AS (
  INSERT INTO encounter (encounter_id, presence, patient_id, filed_under)
  SELECT DISTINCT ON (entity_id) entity_id, 'uncertain', patient_id, patient_id
  FROM stage_lost_call
  WHERE entity = 'encounter'
  ON CONFLICT DO NOTHING
  RETURNING 1
)
SELECT (SELECT count(*) FROM voided) + (SELECT count(*) FROM added) AS voided;

-- name: void_summaries
-- Voids the ledger's facts of the summaries of doubtful patients, and adds the unknown ones of lost calls.
-- One row: the number of summaries.
WITH voided AS (
  UPDATE summary s
  SET is_current = false, message_fingerprint = NULL
  WHERE s.patient_id IN (SELECT patient_id FROM stage_doubtful)
  RETURNING 1
),
added AS (
  INSERT INTO summary (patient_id, presence, content_of)
  SELECT DISTINCT ON (entity_id) entity_id, 'uncertain', patient_id
  FROM stage_lost_call
  WHERE entity = 'summary'
  ON CONFLICT DO NOTHING
  RETURNING 1
)
SELECT (SELECT count(*) FROM voided) + (SELECT count(*) FROM added) AS voided;

-- name: list_gone_rows
-- Lists as gone the patients of lost calls that neither the ledger nor the EHR has: Redox has them under an unknown MRN.
-- $1: this run.
INSERT INTO discrepancy (run_number, entity, entity_id, patient_id, kind, detail)
SELECT DISTINCT $1::integer, 'patient', l.entity_id, l.entity_id, 'gone', 'after_restore'
FROM stage_lost_call l
WHERE l.entity = 'patient'
  AND NOT EXISTS (SELECT FROM patient p WHERE p.patient_id = l.entity_id)
  AND NOT EXISTS (SELECT FROM stage_patient s WHERE s.entity_id = l.entity_id)
  AND NOT EXISTS (SELECT FROM stage_fault f WHERE f.entity = 'patient' AND f.entity_id = l.entity_id)
  AND NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = l.entity_id);
