-- The site's health, recorded after each job so that people are alerted of news; and the figures of the metrics.

-- name: take_health_turn
-- Waits for the one lock of the health check; other sessions wait until this one ends.
-- One row.
SELECT pg_advisory_lock(hashtextextended('redox-reconcile alert', 0));

-- name: find_run_of_process
-- The run that a job has opened. $1: host. $2: process. $3: job. $4: earliest start.
-- One row, or none.
SELECT run_number, run_id, mode, status
FROM run
WHERE host = $1 AND process_id = $2 AND job = $3 AND started_at >= $4
ORDER BY run_number DESC
LIMIT 1;

-- name: read_health_since_clean_night
-- The health records since the last clean night, including it; all of them before the first. A clean apply counts as a
-- clean night. One row per record, the oldest first.
SELECT job, plan_only, reasons
FROM health_record
WHERE health_record_id >= (
  SELECT coalesce(max(health_record_id), 0)
  FROM health_record
  WHERE job IN ('nightly', 'apply') AND NOT plan_only AND exit_code IN (0, 2)
)
ORDER BY health_record_id;

-- name: read_last_alert
-- The last alert. One row, or none.
SELECT alerted_state, alerted_reasons, alerted_at
FROM health_record
ORDER BY health_record_id DESC
LIMIT 1;

-- name: read_health_of_week
-- The best figures of the nights since $1: the fewest lines for a person, the largest findable share; and the most missed
-- rows.
-- One row; null without a night.
SELECT
  min(person_lines) AS person_lines,
  max(findable_share) AS findable_share,
  max(missed_rows) AS missed_rows
FROM health_record
WHERE recorded_at >= $1 AND job IN ('nightly', 'apply') AND NOT plan_only;

-- name: note_health
-- Records the health of the site. $1: time. $2: job. $3: plan only. $4: run id, or null. $5: due. $6: start. $7: exit
-- code. $8: reasons. $9: lines for a person. $10: findable share. $11: rows missed. $12 to $14: the last alert: state,
-- reasons, time.
INSERT INTO health_record (
  recorded_at, job, plan_only, run_id, due_at, started_at, exit_code, reasons, person_lines, findable_share, missed_rows,
  alerted_state, alerted_reasons, alerted_at
)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: forget_health
-- Deletes health records that are too old to be compared. $1: older than this. The newest stays.
DELETE FROM health_record
WHERE recorded_at < $1 AND health_record_id < (SELECT max(health_record_id) FROM health_record);

-- name: read_last_endings
-- The last result of each job; plan-only runs are left out.
-- One row per job.
SELECT DISTINCT ON (j.job) j.job, j.exit_code, j.due_at, j.started_at, j.recorded_at, r.run_number
FROM health_record j
LEFT JOIN run r ON r.run_id = j.run_id
WHERE NOT j.plan_only
ORDER BY j.job, j.health_record_id DESC;

-- name: count_attempt_latencies
-- Counts the POSTs of a run by their duration.
-- $1: run. $2: upper bounds in seconds, as texts, ascending; each bound is inclusive.
-- One row per interval with a POST: its upper bound, the POSTs in it, and their sum in seconds. The bound is null above
-- the last one.
SELECT
  ($2::text[])[width_bucket(took - 1e-9, $2::double precision[]) + 1]::double precision AS at_most,
  count(*) AS attempts,
  sum(took) AS seconds
FROM (
  SELECT extract(epoch FROM a.finished_at - a.started_at)::double precision AS took
  FROM attempt a
  JOIN call c ON c.call_id = a.call_id
  WHERE c.run_number = $1
) AS t
GROUP BY 1;

-- name: read_ledger_since
-- The time at which this ledger was created.
-- One row.
SELECT min(applied_at) AS since FROM migration;
