-- A run from its start to its end. Before it opens, the remains of an interrupted run are recovered: its row, POSTs
-- possibly in flight, calls in `sending`, and an organisation's record.

-- name: recover_interrupted_runs
-- Marks interrupted runs, and counts their results. This session holds the lock, so a run recorded as `running` is dead;
-- an audit is dead if nobody has the lock of audits.
-- One row per such run.
UPDATE run
SET
  status = 'interrupted',
  finished_at = now(),
  (accepted_calls, open_calls) = (
    SELECT
      count(*) FILTER (WHERE kind = 'accepted'),
      count(*) FILTER (WHERE kind NOT IN ('accepted', 'unneeded', 'superseded'))
    FROM (SELECT call_kind(state, reason) AS kind FROM call c WHERE c.run_number = run.run_number) AS c
  ),
  (changed_rows, silent_rows) = (
    SELECT count(*), count(*) FILTER (WHERE kind = 'silent_change')
    FROM difference d
    WHERE d.run_number = run.run_number
      AND d.kind IN ('changed', 'silent_change')
      AND d.detail IS DISTINCT FROM 'owner'
  )
WHERE status = 'running'
  AND (job <> 'audit' OR pg_try_advisory_xact_lock(hashtextextended('redox-reconcile audit', 0)))
RETURNING run_id;

-- name: forget_in_flight
-- Deletes the POSTs that can no longer be in flight.
DELETE FROM in_flight WHERE ends_at <= now();

-- name: find_sending_calls
-- Whether a dead process left calls in `sending`.
-- One row.
SELECT EXISTS (SELECT FROM call WHERE state = 'sending') AS exist;

-- name: recover_sending_calls
-- Marks the calls of a dead process in `sending` as unknown. The facts of their rows were voided when `sending` was
-- committed. For an unknown merge the place of the retired patient's documents is uncertain too, so they are sent again;
-- the patient's match keys are cleared. The process may be paused with a POST in flight. Until that POST must have ended,
-- calls of the same persons wait (`in_flight`), and the rows are sent once more after they were sent with a certain
-- answer (`resent_after`).
-- $1: milliseconds for which the lock's proof allows a try to begin.
-- One row: the number of calls.
WITH recovered AS (
  UPDATE call c
  SET state = 'unknown', reason = 'interrupted', finished_at = now()
  FROM run r
  WHERE c.state = 'sending' AND r.run_number = c.run_number
  RETURNING
    c.event_type, c.entity, c.entity_id, c.patient_id, c.row_patient_id, c.lane,
    -- A POST begins within two seconds of last_try_at (`lock-proof.ts`). If the clock was set back since, it
    -- counts as now.
    least(coalesce(c.last_try_at, c.sending_at), now())
      + ($1 + coalesce(r.call_timeout_ms, 120000)) * interval '1 millisecond' AS ends_at
),
under_way AS (
  INSERT INTO in_flight AS f (entity, entity_id, ends_at)
  SELECT named.entity, named.entity_id, max(s.ends_at)
  FROM recovered s
  CROSS JOIN LATERAL (
    VALUES
      (CASE s.entity WHEN 'encounter' THEN 'encounter' ELSE 'patient' END, s.entity_id),
      ('patient', s.patient_id),
      ('patient', s.row_patient_id),
      ('patient', s.lane)
  ) AS named (entity, entity_id)
  WHERE named.entity_id IS NOT NULL
  GROUP BY named.entity, named.entity_id
  ON CONFLICT (entity, entity_id) DO UPDATE SET ends_at = greatest(f.ends_at, excluded.ends_at)
),
doubtful AS (
  UPDATE patient p
  SET match_faults = NULL, resent_after = 0
  FROM recovered
  WHERE recovered.event_type IN ('NewPatient', 'PatientUpdate') AND p.patient_id = recovered.entity_id
),
voided AS (
  UPDATE encounter e
  SET row_fingerprint = NULL, message_fingerprint = NULL, group_fingerprints = NULL
  FROM recovered
  WHERE recovered.entity = 'merge' AND e.filed_under = recovered.entity_id
),
doubtful_visits AS (
  UPDATE encounter e
  SET resent_after = 0
  FROM recovered
  WHERE recovered.entity = 'encounter' AND e.encounter_id = recovered.entity_id
),
voided_summaries AS (
  UPDATE summary s
  SET is_current = false, message_fingerprint = NULL
  FROM recovered
  WHERE recovered.entity = 'merge' AND s.patient_id = recovered.entity_id
),
doubtful_summaries AS (
  UPDATE summary s
  SET resent_after = 0
  FROM recovered
  WHERE recovered.entity = 'summary' AND s.patient_id = recovered.entity_id
)
SELECT count(*) AS recovered FROM recovered;

-- name: recover_organizations
-- Marks an organisation's record left in `sending` by a dead process as unknown.
-- One row per organisation.
UPDATE organization
SET last_state = 'unknown', last_reason = 'interrupted', is_certain = false
WHERE last_state = 'sending'
RETURNING oid;

-- name: open_run
-- Opens a run.
-- $1: run id. $2: job. $3: mode. $4: plan only. $5: options. $6: host. $7: process. $8: version. $9: start. $10: true for
-- a new target, so that the former target's watermark is left out. $11: the site's time zone, or null. $12: CALL_TIMEOUT
-- in milliseconds, or null. $13: the due time, or null.
-- One row: its number and the watermark at its start.
INSERT INTO run (
  run_id, job, mode, plan_only, options, host, process_id, program_version, started_at, watermark_from, site_time_zone, call_timeout_ms,
  due_at
)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, (SELECT through FROM watermark WHERE NOT $10), $11, $12, $13
RETURNING run_number, watermark_from;

-- name: find_due_run
-- The newest run of a job for a due time.
-- $1: job. $2: due time. $3: plan only.
-- One row, or none.
SELECT run_id, host, status, exit_code, end_reason, failure
FROM run
WHERE job = $1 AND due_at = $2 AND plan_only = $3
ORDER BY run_number DESC
LIMIT 1;

-- name: count_rows_of_last_sweep
-- Counts the rows that the last sweep read, as an estimate for this one.
-- One row.
SELECT coalesce(sum((of_entity.counts ->> 'read')::integer), 0)::integer AS rows
FROM (SELECT counts FROM run WHERE mode = 'sweep' AND counts IS NOT NULL ORDER BY run_number DESC LIMIT 1) AS last
CROSS JOIN LATERAL jsonb_each(last.counts) AS of_entity (entity, counts)
WHERE of_entity.entity <> 'summary';

-- name: find_running_audits
-- The audits that go on beside this run.
-- One row per run.
SELECT run_number FROM run WHERE status = 'running' AND job = 'audit';

-- name: set_run_mode
-- Records a run's mode. $1: run. $2: mode.
UPDATE run SET mode = $2 WHERE run_number = $1;

-- name: count_planned_calls
-- Counts the calls of a run that were not started. $1: run.
-- One row.
SELECT count(*) AS planned FROM call WHERE run_number = $1 AND state = 'planned';

-- name: has_outgrown_statistics
-- Whether a table that reports read has more than doubled since the planner's statistics of it, or has none, or has many
-- rows of this run. Autovacuum may look later than that. Where statistics know no row of a run, its reports are planned for
-- one row, and take hours.
-- $1: this run.
-- One row.
SELECT
  EXISTS (
    SELECT
    FROM unnest(ARRAY['call', 'attempt', 'discrepancy', 'data_quality', 'patient', 'encounter', 'summary', 'audit_line']) AS t (name)
    JOIN pg_class c ON c.oid = t.name::regclass
    WHERE pg_relation_size(c.oid) > (2 * c.relpages::bigint + 100) * current_setting('block_size')::bigint
  ) AS has_outgrown,
  (SELECT count(*) FROM (SELECT FROM call WHERE run_number = $1 LIMIT 2000) AS first)
    + (SELECT count(*) FROM (SELECT FROM discrepancy WHERE run_number = $1 LIMIT 2000) AS first) >= 2000 AS has_many;

-- name: analyze_results
-- Updates the planner's statistics of the tables that reports read.
ANALYZE call, attempt, discrepancy, data_quality, patient, encounter, summary, audit_line;

-- name: analyze_run
-- Updates the planner's statistics of the tables that have the results of a run.
ANALYZE call, discrepancy;

-- name: close_run
-- Closes a run, and counts its results.
-- $1: run. $2: status. $3: exit code. $4: the printed error, or null. $5: end. $6: why it ended.
UPDATE run
SET
  status = $2,
  exit_code = $3,
  failure = $4,
  finished_at = $5,
  end_reason = $6,
  (accepted_calls, open_calls) = (
    SELECT
      count(*) FILTER (WHERE kind = 'accepted'),
      count(*) FILTER (WHERE kind NOT IN ('accepted', 'unneeded', 'superseded'))
    FROM (SELECT call_kind(state, reason) AS kind FROM call WHERE run_number = $1) AS c
  ),
  (changed_rows, silent_rows) = (
    SELECT count(*), count(*) FILTER (WHERE kind = 'silent_change')
    FROM difference
    WHERE run_number = $1 AND kind IN ('changed', 'silent_change') AND detail IS DISTINCT FROM 'owner'
  )
WHERE run_number = $1;
