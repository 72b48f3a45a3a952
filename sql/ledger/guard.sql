-- The counts by which the guard decides whether a plan may be sent, what is usual, and the contract's shape. They are asked once the plan is
-- stored and before its transaction is committed.

-- name: read_approved_through
-- The start of the last run whose plan the guard let pass and that went on to send it (apply took its plan's counts over): what is
-- owed since then or earlier was looked at before. Takes no parameters. One row; null before the first.
SELECT max(started_at) AS through FROM run WHERE NOT plan_only AND change_counts IS NOT NULL;

-- name: count_known
-- What the ledger knows, for the guard: what Redox was told, and what was owed to it before.
-- $1: what is owed since then or earlier counts; null: nothing owed does. $2: what was told is counted up to so many rows of each
-- entity, for more of them would change nothing; null: all of it. One row.
SELECT
  (SELECT count(*) FROM (SELECT FROM patient WHERE merged_into IS NULL LIMIT $2) AS told) + (
    SELECT count(DISTINCT c.entity_id)
    FROM call c
    WHERE c.is_open
      AND c.event_type = 'NewPatient'
      AND c.open_since <= $1
      AND NOT EXISTS (SELECT FROM patient l WHERE l.patient_id = c.entity_id)
  ) AS patient,
  (SELECT count(*) FROM (SELECT FROM encounter LIMIT $2) AS told) + (
    SELECT count(DISTINCT c.entity_id)
    FROM call c
    WHERE c.is_open
      AND c.event_type = 'VisitPush'
      AND c.open_since <= $1
      AND NOT EXISTS (SELECT FROM encounter l WHERE l.encounter_id = c.entity_id)
  ) AS encounter,
  (SELECT count(*) FROM (SELECT FROM patient WHERE merged_into IS NOT NULL LIMIT $2) AS told) AS merge;

-- name: count_sent_merges
-- How many merges Redox was told, but for those that the last run whose plan was sent found undone: of a retired patient who has no
-- row any more that stays so, and a person has vouched for it. Takes no parameters. One row.
SELECT count(*) AS merges
FROM patient l
WHERE l.merged_into IS NOT NULL
  AND NOT EXISTS (
    SELECT FROM discrepancy before
    WHERE before.run_number = (SELECT max(run_number) FROM run WHERE NOT plan_only AND change_counts IS NOT NULL)
      AND before.entity = 'merge'
      AND before.entity_id = l.patient_id
      AND before.kind = 'merge_undone'
  );

-- name: count_changed_rows
-- The rows that the EHR itself has changed since Redox was told for certain: a release that builds other messages makes every row
-- a candidate, and changes none. Retired patients are the merges' business, and what is not finished is not told.
-- $1: what is owed since then or earlier does not count; null: all counts. One row.
SELECT
  (
    SELECT count(*)
    FROM stage_patient s
    JOIN patient l ON l.patient_id = s.entity_id
    WHERE s.asked
      AND l.presence = 'present'
      AND l.row_fingerprint <> s.fingerprint
      AND NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = s.entity_id)
      AND NOT EXISTS (
        SELECT FROM call c WHERE c.is_open AND c.entity = 'patient' AND c.entity_id = s.entity_id AND c.open_since <= $1
      )
  ) AS patient,
  (
    SELECT count(*)
    FROM stage_encounter s
    JOIN encounter l ON l.encounter_id = s.entity_id
    WHERE s.asked
      AND s.status = 'finished'
      AND l.row_fingerprint <> s.fingerprint
      AND NOT EXISTS (
        SELECT FROM call c WHERE c.is_open AND c.entity = 'encounter' AND c.entity_id = s.entity_id AND c.open_since <= $1
      )
  ) AS encounter;

-- name: count_rebuilt_rows
-- The planned calls of rows that the EHR has left as they were, and whose messages a release or a setting builds anew. Asked in the
-- transaction of the plan. $1: run. $2: the version of the message builder. One row.
SELECT
  count(*) FILTER (WHERE p.patient_id IS NOT NULL) AS patient,
  count(*) FILTER (WHERE e.encounter_id IS NOT NULL) AS encounter
FROM call c
LEFT JOIN patient p
  ON c.event_type = 'PatientUpdate'
  AND p.patient_id = c.entity_id
  AND p.row_fingerprint = c.scanned_fingerprint
  AND p.builder_version <> $2
LEFT JOIN encounter e
  ON c.event_type = 'VisitPush'
  AND e.encounter_id = c.entity_id
  AND e.row_fingerprint = c.scanned_fingerprint
  AND e.builder_version <> $2
WHERE c.run_number = $1 AND c.state = 'planned' AND NOT c.forced;

-- name: count_newly_gone
-- Of the rows that this run found gone, those that the last sweep whose plan was sent did not find gone: a row that stays away is
-- found again every night. Asked in the transaction of the plan. $1: this run. One row.
SELECT
  count(*) FILTER (WHERE d.entity = 'patient') AS patient,
  count(*) FILTER (WHERE d.entity = 'encounter') AS encounter
FROM discrepancy d
WHERE d.run_number = $1
  AND d.kind = 'gone'
  AND NOT EXISTS (
    SELECT FROM discrepancy before
    WHERE before.run_number = (
        SELECT max(run_number) FROM run WHERE run_number < $1 AND mode = 'sweep' AND NOT plan_only AND change_counts IS NOT NULL
      )
      AND before.entity = d.entity
      AND before.entity_id = d.entity_id
      AND before.kind = 'gone'
  );

-- name: count_unreadable_columns
-- How many patients' columns were understood when they were last told, and are not now: of the patients whose row has changed. Also how
-- many patients Redox was never told have the column, and in how many of those it cannot be understood.
-- Takes no parameters. One row per watched column, in the order of src/contract/row/understood.ts.
WITH patient_row AS (
  SELECT s.understood AS now, s.unreadable, l.understood AS before, l.patient_id IS NOT NULL AS is_known, l.row_fingerprint <> s.fingerprint AS has_changed
  FROM stage_chunk noisy
  JOIN stage_patient s ON s.chunk_id = noisy.chunk_id
  LEFT JOIN patient l ON l.patient_id = s.entity_id
  WHERE NOT noisy.is_clean
    AND s.asked
    AND NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = s.entity_id)
)
SELECT
  bit,
  count(*) FILTER (WHERE has_changed AND before & (1 << bit) <> 0) AS understood_before,
  count(*) FILTER (WHERE has_changed AND before & (1 << bit) <> 0 AND now & (1 << bit) = 0) AS lost,
  count(*) FILTER (WHERE NOT is_known) AS new_patients,
  count(*) FILTER (WHERE NOT is_known AND unreadable & (1 << bit) <> 0) AS new_unreadable
FROM patient_row
CROSS JOIN generate_series(0, 6) AS bit
GROUP BY bit
ORDER BY bit;

-- name: read_recent_nights
-- What is usual: the largest count of each figure in the last nights. A night is a sweep that was done, with the runs since the
-- sweep before it, for what an intraday has told the sweep does not find any more.
-- $1: how many nights. One row.
WITH counted AS (
  SELECT
    change_counts,
    started_at,
    mode,
    count(*) FILTER (WHERE mode = 'sweep') OVER (ORDER BY run_number DESC) AS night
  FROM run
  WHERE NOT plan_only AND change_counts IS NOT NULL AND status = 'done'
),
recent AS (
  SELECT * FROM counted WHERE night BETWEEN 1 AND $1
),
figure AS (
  SELECT c.night, f.key, sum(f.value::bigint) AS total
  FROM recent c
  CROSS JOIN LATERAL jsonb_each_text(c.change_counts) AS f
  GROUP BY c.night, f.key
),
largest AS (
  SELECT key, max(total) AS total FROM figure GROUP BY key
)
SELECT
  (SELECT count(DISTINCT night) FROM recent) AS nights,
  (SELECT max(started_at) FROM recent WHERE mode = 'sweep') AS last_night_at,
  (SELECT coalesce(jsonb_object_agg(key, total), '{}') FROM largest) AS largest;

-- name: sample_changed
-- Some planned calls of rows that Redox was told before, picked as by lot, but the same for the same run id. Asked in the
-- transaction of the plan. $1: run. $2: run id. $3: entities. $4: how many. $5: a version of the message builder: only rows that another
-- one has built, and that the EHR has left as they were; null: all. One row per call.
SELECT
  call_id, rank, lane, position, event_type, entity, entity_id, patient_id, row_patient_id, mrn, planned_mrn, forced, reason,
  replace(scanned_fingerprint::text, '-', '') AS scanned_fingerprint
FROM call c
WHERE run_number = $1
  AND state = 'planned'
  AND entity = ANY ($3::text[])
  AND (
    event_type = 'PatientUpdate'
    OR (event_type = 'VisitPush' AND EXISTS (SELECT FROM encounter l WHERE l.encounter_id = c.entity_id))
  )
  AND (
    $5::integer IS NULL
    OR EXISTS (
      SELECT FROM patient l
      WHERE c.entity = 'patient'
        AND l.patient_id = c.entity_id
        AND l.row_fingerprint = c.scanned_fingerprint
        AND l.builder_version <> $5
    )
    OR EXISTS (
      SELECT FROM encounter l
      WHERE c.entity = 'encounter'
        AND l.encounter_id = c.entity_id
        AND l.row_fingerprint = c.scanned_fingerprint
        AND l.builder_version <> $5
    )
  )
ORDER BY md5($2 || ' ' || entity || ' ' || entity_id)
LIMIT $4;

-- name: read_shape
-- The shape of the contract as last planned. Takes no parameters. One row, or none.
SELECT queries FROM contract_shape;

-- name: store_planned_shape
-- Keeps the shape of the contract with a plan that is only stored, for apply. $1: run. $2: its queries. Gives nothing.
UPDATE run SET planned_shape = $2 WHERE run_number = $1;

-- name: take_planned_shape
-- Takes the shape of the contract with which a plan-only run planned. $1: that run. Gives nothing.
INSERT INTO contract_shape (queries)
SELECT planned_shape FROM run WHERE run_number = $1 AND planned_shape IS NOT NULL
ON CONFLICT (only_row) DO UPDATE
SET queries = excluded.queries, taken_at = now()
WHERE contract_shape.queries <> excluded.queries;

-- name: take_shape
-- Takes the shape of the contract. $1: its queries. Gives nothing.
INSERT INTO contract_shape (queries) VALUES ($1)
ON CONFLICT (only_row) DO UPDATE
SET queries = excluded.queries, taken_at = now()
WHERE contract_shape.queries <> excluded.queries;

-- name: store_verdict
-- Keeps what the guard counted, and why it would not send the plan, or null. $1: run. $2: counts. $3: reason. Gives nothing.
UPDATE run SET change_counts = $2, refusal = $3 WHERE run_number = $1;
