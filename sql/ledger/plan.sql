-- Stores a plan in one transaction: its discrepancies and calls, which replace the open calls of earlier runs, and last
-- the watermark.

-- name: read_watermark
-- The watermark: how far updated_at has been read.
-- One row, or none before the first run that moves it.
SELECT through FROM watermark;

-- name: read_waiting
-- The rows that the last approved plan left to later nights, the version of the builder then, and whether any of its calls
-- are still planned.
-- One row, or none before the first such plan.
SELECT r.waiting, r.builder_version, EXISTS (SELECT FROM call WHERE is_open AND state = 'planned') AS has_planned
FROM run r
WHERE NOT r.plan_only AND r.change_counts IS NOT NULL
ORDER BY r.run_number DESC
LIMIT 1;

-- name: end_ignored
-- Deletes two kinds of `settle --as ignore`: of gone rows that are back, and of merges that were undone or re-pointed (a
-- repeated merge is a new one). The others end by themselves, because the row is compared with the ignored one. Every run
-- stages every merge.
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
-- Loads discrepancies without a call.
-- One row per discrepancy.
COPY discrepancy (run_number, entity, entity_id, patient_id, kind, detail, row_updated_at, row_fingerprint, open_since, rejected_dates) FROM STDIN;

-- name: copy_call
-- Loads planned calls with their discrepancies; calls of a plan-only run are not open.
-- One row per call.
COPY call (run_number, rank, lane, position, event_type, entity, entity_id, patient_id, row_patient_id, mrn, planned_mrn, forced, scanned_fingerprint, open_since, is_open, reason, found_kind, found_detail, row_updated_at) FROM STDIN;

-- name: plan_new_patients
-- Plans the patients that Redox never had, and that have no refusal, no decision of a person and no open call that was
-- begun: one decision stands for all of them. Takes a page of chunks, because the checks of a statement's rows are held in
-- memory until its end.
-- $1: this run. $2: its start. $3: true if its calls are owed. $4: forced. $5: position, $6: event type, $7: kind of the
-- discrepancy, as decided. $8: start of the last approved run, or null. $9: last chunk of the page before. $10: chunks. $11: the
-- last rank of the part before, or null for the first part of the plan.
-- One row: the last chunk, null if there was none; the calls, those owed by the approved run, and by any earlier one.
WITH page AS MATERIALIZED (
  SELECT chunk_id
  FROM stage_chunk
  WHERE entity = 'patient' AND NOT is_clean AND chunk_id > $9::bigint
  ORDER BY chunk_id
  LIMIT $10::integer
),
odd AS MATERIALIZED (
  SELECT entity_id FROM rejection WHERE entity = 'patient'
  UNION
  SELECT entity_id FROM ignored WHERE entity = 'patient'
  UNION
  SELECT entity_id FROM call WHERE is_open AND state <> 'planned' AND entity = 'patient'
),
-- The persons whose turn it is; in a small plan nobody is ranked.
turn AS (
  SELECT lane, rank FROM stage_rank WHERE NOT waits AND ($11::integer IS NULL OR rank > $11)
),
-- Their patients and some others: one look at a row's own key spares the joins for most rows of a load, because they wait.
near AS MATERIALIZED (
  SELECT lane AS patient_id FROM turn
  UNION ALL
  SELECT patient_id FROM stage_lane
),
planned AS (
  INSERT INTO call (
    run_number, rank, lane, position, event_type, entity, entity_id, patient_id, planned_mrn, forced, scanned_fingerprint,
    open_since, is_open, found_kind, row_updated_at
  )
  SELECT
    $1::integer, coalesce(n.rank, 0), coalesce(k.lane, s.entity_id), $5::smallint, $6::text, 'patient', s.entity_id, s.entity_id,
    coalesce(s.mrn, s.entity_id), $4::boolean, s.fingerprint,
    coalesce((SELECT min(c.open_since) FROM call c WHERE c.is_open AND c.entity = 'patient' AND c.entity_id = s.entity_id), $2::timestamptz),
    $3::boolean, $7::text, CASE WHEN isfinite(s.updated_at) THEN date_trunc('milliseconds', s.updated_at) END
  FROM page
  JOIN stage_patient s USING (chunk_id)
  LEFT JOIN stage_lane k ON k.patient_id = s.entity_id
  LEFT JOIN turn n ON n.lane = coalesce(k.lane, s.entity_id)
  LEFT JOIN patient l ON l.patient_id = s.entity_id
  LEFT JOIN odd ON odd.entity_id = s.entity_id
  LEFT JOIN stage_retired r ON r.patient_id = s.entity_id
  WHERE (NOT EXISTS (SELECT FROM stage_rank) OR s.entity_id IN (SELECT patient_id FROM near))
    AND (NOT EXISTS (SELECT FROM stage_rank) OR n.lane IS NOT NULL)
    AND l.patient_id IS NULL
    AND odd.entity_id IS NULL
    AND r.patient_id IS NULL
  RETURNING open_since
)
SELECT
  (SELECT max(chunk_id) FROM page) AS last_chunk_id,
  count(*) AS calls,
  count(*) FILTER (WHERE open_since <= $8::timestamptz) AS owed,
  count(*) FILTER (WHERE open_since < $2::timestamptz) AS planned_before
FROM planned;

-- name: plan_new_encounters
-- Plans the finished visits that Redox never had, as `plan_new_patients` does; their patient can be sent, and has no such
-- history either.
-- Parameters and rows as there.
WITH page AS MATERIALIZED (
  SELECT chunk_id
  FROM stage_chunk
  WHERE entity = 'encounter' AND NOT is_clean AND chunk_id > $9::bigint
  ORDER BY chunk_id
  LIMIT $10::integer
),
odd AS MATERIALIZED (
  SELECT entity, entity_id FROM rejection
  UNION
  SELECT entity, entity_id FROM ignored
  UNION
  SELECT entity, entity_id FROM call WHERE is_open AND state <> 'planned'
),
turn AS (
  SELECT lane, rank FROM stage_rank WHERE NOT waits AND ($11::integer IS NULL OR rank > $11)
),
near AS MATERIALIZED (
  SELECT lane AS patient_id FROM turn
  UNION ALL
  SELECT patient_id FROM stage_lane
  UNION ALL
  SELECT patient_id FROM stage_retired
),
planned AS (
  INSERT INTO call (
    run_number, rank, lane, position, event_type, entity, entity_id, patient_id, row_patient_id, forced, scanned_fingerprint,
    open_since, is_open, found_kind, row_updated_at
  )
  SELECT
    $1::integer, coalesce(n.rank, 0), coalesce(k.lane, o.entity_id), $5::smallint, $6::text, 'encounter', s.entity_id, o.entity_id,
    s.patient_id, $4::boolean, s.fingerprint,
    coalesce((SELECT min(c.open_since) FROM call c WHERE c.is_open AND c.entity = 'encounter' AND c.entity_id = s.entity_id), $2::timestamptz),
    $3::boolean, $7::text, CASE WHEN isfinite(s.updated_at) THEN date_trunc('milliseconds', s.updated_at) END
  FROM page
  JOIN stage_encounter s USING (chunk_id)
  LEFT JOIN stage_retired r ON r.patient_id = s.patient_id
  LEFT JOIN stage_lane k ON k.patient_id = coalesce(r.survivor_id, s.patient_id)
  LEFT JOIN turn n ON n.lane = coalesce(k.lane, r.survivor_id, s.patient_id)
  LEFT JOIN encounter l ON l.encounter_id = s.entity_id
  JOIN stage_patient o ON o.entity_id = coalesce(r.survivor_id, s.patient_id)
  LEFT JOIN odd ON odd.entity = 'encounter' AND odd.entity_id = s.entity_id
  LEFT JOIN odd owner ON owner.entity = 'patient' AND owner.entity_id = o.entity_id
  WHERE s.status = 'finished'
    AND (NOT EXISTS (SELECT FROM stage_rank) OR s.patient_id IN (SELECT patient_id FROM near))
    AND (NOT EXISTS (SELECT FROM stage_rank) OR n.lane IS NOT NULL)
    AND l.encounter_id IS NULL
    AND r.fault IS NULL
    AND odd.entity_id IS NULL
    AND owner.entity_id IS NULL
  RETURNING open_since
)
SELECT
  (SELECT max(chunk_id) FROM page) AS last_chunk_id,
  count(*) AS calls,
  count(*) FILTER (WHERE open_since <= $8::timestamptz) AS owed,
  count(*) FILTER (WHERE open_since < $2::timestamptz) AS planned_before
FROM planned;

-- name: copy_data_quality
-- Loads unreadable lines of extracts.
-- One row per line.
COPY data_quality (run_number, entity, entity_id, patient_id, kind, column_name, line) FROM STDIN;

-- name: note_similar_ids
-- Names, beside each gone patient and each orphan, a patient of the EHR with an id that differs only in blanks, case or
-- leading zeros. Such a guess joins nothing.
-- $1: this run.
-- One row: the number of gone patients with a similar id unknown to the ledger.
WITH asked AS MATERIALIZED (
  SELECT discrepancy_id, kind, patient_id, plain_id(patient_id) AS plain
  FROM discrepancy
  WHERE run_number = $1
    AND (kind = 'orphan' AND detail = 'missing_patient' OR kind = 'gone' AND entity = 'patient')
),
-- A patient under another spelling mostly has the gone patient's MRN, and was taken out of the stage for it.
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
-- Closes the open calls of earlier runs for the rows that this plan compared: they are planned again, or no longer owed.
-- A row that was read only as a dependency counts as compared if this plan has a call for it; otherwise its open calls
-- stay open. Calls that were never started become `superseded`. Calls of rows that are on hold or unread stay open,
-- including the call that was to restore a held merge's retired patient.
-- $1: this run. $2: true after a full sweep, which compares every row. $3: true if every merge was compared.
-- One row: the number of closed calls.
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

-- name: owe_lacking_mrns
-- Owes merges of former MRNs of requested patients, if Redox filtered the PatientMerge, or had no log of it twice: a forced run sends
-- it again. The patient's row is owed too, because it creates the record to be merged.
UPDATE patient p
SET former_mrns = lacking.mrns, row_fingerprint = NULL, message_fingerprint = NULL, group_fingerprints = NULL
FROM (
  SELECT c.entity_id, array_agg(DISTINCT former.mrn) AS mrns
  FROM stage_patient s
  JOIN call c ON c.entity = 'patient' AND c.entity_id = s.entity_id AND c.log_status IN ('filtered', 'unseen')
  CROSS JOIN LATERAL unnest(c.retired_mrns) AS former (mrn)
  WHERE s.asked
    AND c.sending_at >= (SELECT bound_at FROM target)
    AND NOT EXISTS (
      SELECT FROM call n WHERE n.entity_id = c.entity_id AND n.retired_mrns && c.retired_mrns AND n.call_id > c.call_id
    )
  GROUP BY c.entity_id
) AS lacking
WHERE p.patient_id = lacking.entity_id AND p.presence = 'present' AND p.former_mrns = '{}' AND p.mrn <> ALL (lacking.mrns);

-- name: forget_sent_again
-- Cancels the pending second sending of all rows, because UNKNOWN_OUTCOME is `hold`.
WITH patients AS (
  UPDATE patient SET resent_after = NULL WHERE resent_after IS NOT NULL
),
summaries AS (
  UPDATE summary SET resent_after = NULL WHERE resent_after IS NOT NULL
)
UPDATE encounter SET resent_after = NULL WHERE resent_after IS NOT NULL;

-- name: store_counts
-- Stores the row counts, the rows that wait, the version of the message builder, and the new watermark (for a plan-only run: the one that
-- `apply` would set).
-- $1: run. $2: counts. $3: watermark, or null. $4: version. $5: waiting rows, or null.
UPDATE run
SET
  counts = $2,
  waiting = $5,
  watermark_to = CASE WHEN NOT plan_only THEN $3::timestamptz END,
  planned_watermark = CASE WHEN plan_only THEN $3::timestamptz END,
  builder_version = $4
WHERE run_number = $1;

-- name: move_watermark
-- Moves the watermark forward, in the transaction that stores the plan (decision 12).
-- $1: how far updated_at has been read. $2: this run.
INSERT INTO watermark (through, run_number)
VALUES ($1, $2)
ON CONFLICT (only_row) DO UPDATE
SET through = greatest(watermark.through, excluded.through), run_number = excluded.run_number;
