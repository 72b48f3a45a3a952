-- What `status` and `backlog` show across runs.

-- name: find_run
-- A run by its id. $1: run id.
-- One row, or none.
SELECT run_number AS number, run_id AS id, job FROM run WHERE run_id = $1;

-- name: read_last_runs
-- The newest runs, newest first. $1: number of runs.
-- One row per run.
SELECT run_id, job, mode, plan_only, status, exit_code, started_at, finished_at
FROM run
ORDER BY run_number DESC
LIMIT $1;

-- name: read_last_clean_night
-- The last clean night: a nightly, or an apply of a nightly's plan, that finished (exit codes 0 and 2).
-- One row, or none.
SELECT run_id, finished_at
FROM run
WHERE (job = 'nightly' OR (job = 'apply' AND mode = 'sweep')) AND status = 'done' AND NOT plan_only
ORDER BY run_number DESC
LIMIT 1;

-- name: count_open_calls
-- Counts the open calls of all runs. undelivered: Redox accepted the message and lost it.
-- One row per event type and state.
SELECT c.event_type, s.state, count(*) AS calls, min(c.open_since) AS open_since
FROM call c
CROSS JOIN LATERAL (SELECT CASE c.state WHEN 'accepted' THEN 'undelivered' ELSE c.state END AS state) AS s
WHERE c.is_open
GROUP BY c.event_type, s.state
ORDER BY c.event_type, s.state;

-- name: count_match_faults
-- Counts the patients at Redox by the match keys under which others cannot find them.
-- One row per combination of faults; null for patients who were not assessed.
SELECT match_faults, count(*) AS patients
FROM patient
WHERE presence = 'present'
GROUP BY match_faults;

-- name: read_backlog
-- The unfinished nights since the last finished one, at most the newest seven, as during a first load that takes days.
-- A night that left rows beyond PLAN_AHEAD is unfinished too.
-- One row: the number of nights, the calls accepted in them, the calls that are planned, and the rows without a call
-- beyond them.
WITH night AS (
  SELECT run_number, accepted_calls
  FROM run
  WHERE job = 'nightly'
    AND status IN ('stopped', 'done')
    AND NOT plan_only
    AND run_number > (
      SELECT coalesce(max(run_number), 0)
      FROM run
      WHERE job = 'nightly' AND status = 'done' AND NOT plan_only AND waiting IS NULL
    )
  ORDER BY run_number DESC
  LIMIT 7
),
last_plan AS (
  SELECT waiting FROM run WHERE NOT plan_only AND change_counts IS NOT NULL ORDER BY run_number DESC LIMIT 1
)
SELECT
  (SELECT count(*) FROM night) AS nights,
  (SELECT coalesce(sum(accepted_calls), 0)::bigint FROM night) AS accepted,
  (SELECT count(*) FROM call WHERE is_open AND state = 'planned') AS planned,
  (SELECT waiting FROM last_plan) AS waiting;
