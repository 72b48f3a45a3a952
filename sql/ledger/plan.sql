-- A plan is stored in one transaction: its discrepancies and its calls, which take over what earlier runs owe, and the watermark last.

-- name: read_watermark
-- How far updated_at has been read. Takes no parameters. One row, or none before the first run that moves it.
SELECT through FROM watermark;

-- name: end_ignored
-- Ends that the absence of rows is left as it is, where they are back, and that a merge is left, where it is undone or leads
-- elsewhere: made once more it is another one. What else is left as it stands ends by itself, because the row is compared with the
-- one that was left. Every merge is staged in every run. Takes no parameters. Gives nothing.
DELETE FROM ignored i
WHERE i.is_gone
  AND (
    i.entity = 'patient' AND EXISTS (SELECT FROM stage_patient s WHERE s.entity_id = i.entity_id)
    OR i.entity = 'encounter' AND EXISTS (SELECT FROM stage_encounter s WHERE s.entity_id = i.entity_id)
  )
  OR i.entity = 'merge'
  AND NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = i.entity_id AND r.survivor_id = i.patient_id)
  AND NOT EXISTS (SELECT FROM stage_fault f WHERE f.entity = 'merge' AND f.entity_id = i.entity_id);

-- name: copy_discrepancy
-- Takes discrepancies. One row per discrepancy.
COPY discrepancy (run_number, entity, entity_id, patient_id, kind, detail, row_updated_at, row_fingerprint, open_since, rejected_dates) FROM STDIN;

-- name: copy_call
-- Takes planned calls; those of a plan-only run are not open. One row per call.
COPY call (run_number, rank, lane, position, event_type, entity, entity_id, patient_id, row_patient_id, mrn, planned_mrn, forced, scanned_fingerprint, open_since, is_open, reason) FROM STDIN;

-- name: copy_data_quality
-- Takes lines of extracts that could not be read. One row per line.
COPY data_quality (run_number, entity, entity_id, patient_id, kind, column_name, line) FROM STDIN;

-- name: note_similar_ids
-- Names, beside what this plan found gone or without a patient, a patient of the EHR whose id differs only in blanks, case or leading
-- zeros. Nothing is joined by such a guess. $1: this run. One row: how many patients that are gone have one whom the ledger does not know.
WITH asked AS MATERIALIZED (
  SELECT discrepancy_id, kind, patient_id, plain_id(patient_id) AS plain
  FROM discrepancy
  WHERE run_number = $1
    AND (kind = 'orphan' AND detail = 'missing_patient' OR kind = 'gone' AND entity = 'patient')
),
-- A patient under another spelling mostly has the MRN of the one who is gone, and was taken out of the stage for that.
given AS (
  SELECT entity_id FROM stage_patient
  UNION ALL
  SELECT entity_id FROM stage_fault WHERE entity = 'patient' AND fault = 'shared_mrn'
),
spelled_alike AS (
  SELECT a.discrepancy_id, a.kind, min(s.entity_id) AS entity_id
  FROM asked a
  JOIN given s ON plain_id(s.entity_id) = a.plain AND s.entity_id <> a.patient_id
  GROUP BY a.discrepancy_id, a.kind
),
named AS (
  UPDATE discrepancy d
  SET detail = 'similar_patient_id', similar_id = a.entity_id
  FROM spelled_alike a
  WHERE d.discrepancy_id = a.discrepancy_id
  RETURNING d.kind, d.similar_id
)
SELECT count(*) FILTER (WHERE kind = 'gone' AND NOT EXISTS (SELECT FROM patient l WHERE l.patient_id = similar_id)) AS renamed
FROM named;

-- name: take_over_open_calls
-- Closes the open calls of earlier runs whose rows this plan has looked at: it has planned them again, or found that nothing is
-- owed any more. A row that was read only because another one depends on it was not looked at, unless something is planned for
-- it: what is owed of it stays owed. What an earlier run never started becomes `superseded`.
-- $1: this run. $2: true after a full sweep, which has looked at every row. $3: true where every merge was looked at.
-- What this plan holds, or could not read, stays open too, with the call that was to bring a held merge's retired patient back.
-- One row: how many were closed.
WITH closed AS (
  UPDATE call c
  SET
    is_open = false,
    state = CASE WHEN c.state = 'planned' THEN 'superseded' ELSE c.state END,
    reason = CASE WHEN c.state = 'planned' THEN 'newer_plan' ELSE c.reason END,
    finished_at = coalesce(c.finished_at, now())
  WHERE c.is_open
    AND c.state <> 'sending'
    AND c.run_number <> $1
    AND NOT EXISTS (
      SELECT FROM discrepancy d
      WHERE d.run_number = $1
        AND d.kind IN ('held', 'unread')
        AND d.entity_id = c.entity_id
        AND (d.entity = c.entity OR (d.entity = 'merge' AND c.entity = 'patient'))
    )
    AND (
      $2
      OR (c.entity = 'encounter' AND EXISTS (SELECT FROM stage_encounter s WHERE s.entity_id = c.entity_id AND s.asked))
      OR (c.entity = 'patient' AND EXISTS (SELECT FROM stage_patient s WHERE s.entity_id = c.entity_id AND s.asked))
      OR (c.entity = 'merge' AND ($3 OR EXISTS (SELECT FROM stage_merge m WHERE m.entity_id = c.entity_id AND m.asked)))
      OR EXISTS (SELECT FROM stage_wanted w WHERE w.entity = c.entity AND w.entity_id = c.entity_id AND w.asked)
      OR EXISTS (
        SELECT FROM call own
        WHERE own.is_open AND own.run_number = $1 AND own.entity = c.entity AND own.entity_id = c.entity_id
      )
    )
  RETURNING 1
)
SELECT count(*) AS closed FROM closed;

-- name: forget_sent_again
-- Ends that rows are sent once more, because UNKNOWN_OUTCOME is hold. Takes no parameters. Gives nothing.
WITH patients AS (
  UPDATE patient SET resent_after = NULL WHERE resent_after IS NOT NULL
)
UPDATE encounter SET resent_after = NULL WHERE resent_after IS NOT NULL;

-- name: store_counts
-- Keeps the counts of rows, the version of the message builder, and where the watermark went, or would go if the plan is applied.
-- $1: run. $2: counts. $3: watermark, or null. $4: version. Gives nothing.
UPDATE run
SET
  counts = $2,
  watermark_to = CASE WHEN NOT plan_only THEN $3::timestamptz END,
  planned_watermark = CASE WHEN plan_only THEN $3::timestamptz END,
  builder_version = $4
WHERE run_number = $1;

-- name: move_watermark
-- Moves the watermark, in the transaction that stores the plan (decision 12). It never goes back.
-- $1: how far updated_at has been read. $2: this run. Gives nothing.
INSERT INTO watermark (through, run_number)
VALUES ($1, $2)
ON CONFLICT (only_row) DO UPDATE
SET through = greatest(watermark.through, excluded.through), run_number = excluded.run_number;
