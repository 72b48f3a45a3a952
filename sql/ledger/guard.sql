-- The figures by which the guard decides whether a plan may be sent: what the ledger holds, what is usual, and the
-- contract's shape. They are read once the plan is stored and before its transaction commits.

-- name: read_approved_through
-- The start of the last run with a plan that passed the guard and was sent. The guard has already counted everything owed
-- by then.
-- One row; null before the first such run.
SELECT max(started_at) AS through FROM run WHERE NOT plan_only AND change_counts IS NOT NULL;

-- name: count_known
-- Counts the patients, visits and merges that were sent, or were owed and already counted.
-- $1: calls owed since then or earlier count; null: no owed call counts. $2: counting stops at this many sent rows per
-- entity, because more of them change no decision; null: all rows count.
-- One row.
SELECT
  (SELECT count(*) FROM (SELECT FROM patient WHERE merged_into IS NULL LIMIT $2) AS sent) + (
    SELECT count(DISTINCT c.entity_id)
    FROM call c
    WHERE c.is_open
      AND c.event_type = 'NewPatient'
      AND c.open_since <= $1
      AND NOT EXISTS (SELECT FROM patient l WHERE l.patient_id = c.entity_id)
  ) AS patient,
  (SELECT count(*) FROM (SELECT FROM encounter LIMIT $2) AS sent) + (
    SELECT count(DISTINCT c.entity_id)
    FROM call c
    WHERE c.is_open
      AND c.entity = 'encounter'
      AND c.open_since <= $1
      AND NOT EXISTS (SELECT FROM encounter l WHERE l.encounter_id = c.entity_id)
  ) AS encounter,
  (SELECT count(*) FROM (SELECT FROM patient WHERE merged_into IS NOT NULL LIMIT $2) AS sent) AS merge;

-- name: has_summaries
-- Whether an earlier run has looked at a patient's summary.
-- One row.
SELECT EXISTS (SELECT FROM summary) AS has_summaries;

-- name: count_planned_new
-- Counts the rows that earlier plans owe, did not start, and Redox never had.
-- One row.
SELECT
  count(DISTINCT c.entity_id) FILTER (WHERE c.entity = 'patient' AND p.patient_id IS NULL) AS patient,
  count(DISTINCT c.entity_id) FILTER (WHERE c.entity = 'encounter' AND e.encounter_id IS NULL) AS encounter
FROM call c
LEFT JOIN patient p ON c.entity = 'patient' AND p.patient_id = c.entity_id
LEFT JOIN encounter e ON c.entity = 'encounter' AND e.encounter_id = c.entity_id
WHERE c.is_open AND c.state = 'planned';

-- name: count_unseen_rows
-- Counts the staged rows that Redox never had, no approved run owed, and the last sweep did not scan: a run in mode
-- `changes` tells new rows from waiting ones by it. Unfinished visits and retired patients count for nothing.
-- $1: start of the last approved run, or null.
-- One row.
SELECT
  (
    SELECT count(*)
    FROM stage_patient s
    WHERE NOT EXISTS (SELECT FROM redox_reconcile_sweep.stage_patient k WHERE k.entity_id = s.entity_id)
      AND NOT EXISTS (SELECT FROM patient l WHERE l.patient_id = s.entity_id)
      AND NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = s.entity_id)
      AND NOT EXISTS (
        SELECT FROM call c
        WHERE c.is_open AND c.entity = 'patient' AND c.entity_id = s.entity_id AND c.open_since <= $1::timestamptz
      )
  ) AS patient,
  (
    SELECT count(*)
    FROM stage_encounter s
    WHERE s.status = 'finished'
      AND NOT EXISTS (SELECT FROM redox_reconcile_sweep.stage_encounter k WHERE k.entity_id = s.entity_id)
      AND NOT EXISTS (SELECT FROM encounter l WHERE l.encounter_id = s.entity_id)
      AND NOT EXISTS (
        SELECT FROM call c
        WHERE c.is_open AND c.entity = 'encounter' AND c.entity_id = s.entity_id AND c.open_since <= $1::timestamptz
      )
  ) AS encounter;

-- name: count_sent_merges
-- Counts the merges that were sent, except those that the last sent plan found undone: if the retired patient has no row,
-- the merge stays undone, and a person has approved it.
-- One row.
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
-- Counts the rows that the EHR has changed since they were sent with a certain answer. A release that builds other
-- messages makes every row a candidate, and changes none. Retired patients and unfinished visits do not count.
-- $1: rows owed since then or earlier do not count; null: all rows count.
-- One row.
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
-- Counts the planned calls of unchanged rows with a message that a release or a setting builds differently. Runs in the
-- plan's transaction.
-- $1: run. $2: version of the message builder.
-- One row.
SELECT
  count(*) FILTER (WHERE p.patient_id IS NOT NULL) AS patient,
  count(*) FILTER (WHERE e.encounter_id IS NOT NULL) AS encounter,
  count(*) FILTER (WHERE s.patient_id IS NOT NULL) AS summary
FROM call c
LEFT JOIN patient p
  ON c.event_type = 'PatientUpdate'
  AND p.patient_id = c.entity_id
  AND p.row_fingerprint = c.scanned_fingerprint
  AND p.builder_version <> $2
LEFT JOIN encounter e
  ON c.entity = 'encounter'
  AND e.encounter_id = c.entity_id
  AND e.row_fingerprint = c.scanned_fingerprint
  AND e.builder_version <> $2
LEFT JOIN summary s ON c.entity = 'summary' AND s.patient_id = c.entity_id AND s.is_current AND s.builder_version <> $2
WHERE c.run_number = $1 AND c.state = 'planned' AND NOT c.forced;

-- name: count_newly_gone
-- Counts the rows that are gone in this run and were not gone in the last sweep that was sent: a row that stays away is
-- found again every night. Runs in the plan's transaction.
-- $1: this run.
-- One row.
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
-- Counts, for patients with a changed row, the columns that were understood when last sent and are unreadable now. Counts
-- also the new patients, and those of them with an unreadable value in the column.
-- One row per watched column, in the order of src/contract/row/understood.ts.
WITH patient_row AS (
  -- Grouped first: a load has millions of patients, and few combinations of columns.
  SELECT
    s.understood AS now, s.unreadable, l.understood AS before, l.patient_id IS NOT NULL AS is_known,
    l.row_fingerprint <> s.fingerprint AS has_changed,
    count(*) AS patients
  FROM stage_chunk chunk
  JOIN stage_patient s ON s.chunk_id = chunk.chunk_id
  LEFT JOIN patient l ON l.patient_id = s.entity_id
  WHERE NOT chunk.is_clean
    AND s.asked
    AND NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = s.entity_id)
  GROUP BY 1, 2, 3, 4, 5
)
SELECT
  bit,
  coalesce(sum(patients) FILTER (WHERE has_changed AND before & (1 << bit) <> 0), 0)::bigint AS understood_before,
  coalesce(sum(patients) FILTER (WHERE has_changed AND before & (1 << bit) <> 0 AND now & (1 << bit) = 0), 0)::bigint AS lost,
  coalesce(sum(patients) FILTER (WHERE NOT is_known), 0)::bigint AS new_patients,
  coalesce(sum(patients) FILTER (WHERE NOT is_known AND unreadable & (1 << bit) <> 0), 0)::bigint AS new_unreadable
FROM patient_row
CROSS JOIN generate_series(0, 6) AS bit
GROUP BY bit
ORDER BY bit;

-- name: read_recent_nights
-- The largest count of each figure in the last nights, which is what is usual. A night is a finished sweep and the runs
-- since the sweep before it, because the sweep no longer finds what an intraday sent.
-- $1: number of nights.
-- One row.
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
-- A sample of the planned calls of rows that were sent before. The same run id gives the same sample. Runs in the plan's
-- transaction.
-- $1: run. $2: run id. $3: entities. $4: size of the sample. $5: a version of the message builder: only unchanged rows
-- built by another version; null: all.
-- One row per call.
SELECT
  call_id, rank, lane, position, event_type, entity, entity_id, patient_id, row_patient_id, mrn, planned_mrn, forced, reason,
  replace(scanned_fingerprint::text, '-', '') AS scanned_fingerprint
FROM call c
WHERE run_number = $1
  AND state = 'planned'
  AND entity = ANY ($3::text[])
  AND (
    event_type = 'PatientUpdate'
    OR (entity = 'encounter' AND EXISTS (SELECT FROM encounter l WHERE l.encounter_id = c.entity_id))
    OR (entity = 'summary' AND EXISTS (SELECT FROM summary l WHERE l.patient_id = c.entity_id))
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
    OR EXISTS (
      SELECT FROM summary l
      WHERE c.entity = 'summary' AND l.patient_id = c.entity_id AND l.is_current AND l.builder_version <> $5
    )
  )
ORDER BY md5($2 || ' ' || entity || ' ' || entity_id)
LIMIT $4;

-- name: read_shape
-- The shape of the contract at the last plan.
-- One row, or none.
SELECT queries FROM contract_shape;

-- name: store_planned_shape
-- Stores the contract's shape with a plan-only run, for `apply`. $1: run. $2: its queries.
UPDATE run SET planned_shape = $2 WHERE run_number = $1;

-- name: take_planned_shape
-- Makes the shape of a plan-only run the current one. $1: that run.
INSERT INTO contract_shape (queries)
SELECT planned_shape FROM run WHERE run_number = $1 AND planned_shape IS NOT NULL
ON CONFLICT (only_row) DO UPDATE
SET queries = excluded.queries, taken_at = now()
WHERE contract_shape.queries <> excluded.queries;

-- name: take_shape
-- Stores the contract's shape. $1: its queries.
INSERT INTO contract_shape (queries) VALUES ($1)
ON CONFLICT (only_row) DO UPDATE
SET queries = excluded.queries, taken_at = now()
WHERE contract_shape.queries <> excluded.queries;

-- name: store_verdict
-- Stores the guard's figures, and its reason for refusing the plan, or null. $1: run. $2: figures. $3: reason.
UPDATE run SET change_counts = $2, refusal = $3 WHERE run_number = $1;
