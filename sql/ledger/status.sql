-- What `status` and `backlog` show across runs.

-- name: find_run
-- A run by the name that people use. $1: run id. One row, or none.
SELECT run_number AS number, run_id AS id, job FROM run WHERE run_id = $1;

-- name: read_last_runs
-- The newest runs, the newest first. $1: how many. One row per run.
SELECT run_id, job, mode, plan_only, status, exit_code, started_at, finished_at
FROM run
ORDER BY run_number DESC
LIMIT $1;

-- name: read_last_clean_night
-- The last night that went through to its end, a nightly or an apply of what one planned: what it leaves open goes by itself or waits
-- for a person (exit codes 0 and 2).
-- Takes no parameters. One row, or none.
SELECT run_id, finished_at
FROM run
WHERE (job = 'nightly' OR (job = 'apply' AND mode = 'sweep')) AND status = 'done' AND NOT plan_only
ORDER BY run_number DESC
LIMIT 1;

-- name: count_open_calls
-- What is still owed to Redox, over all runs. Takes no parameters. One row per event type and state.
SELECT event_type, state, count(*) AS calls, min(open_since) AS open_since
FROM call
WHERE is_open
GROUP BY event_type, state
ORDER BY event_type, state;

-- name: count_match_faults
-- By which keys others cannot find the patients whom Redox holds now. Takes no parameters.
-- One row per combination of faults, with how many patients have it; null for those who are not judged.
SELECT match_faults, count(*) AS patients
FROM patient
WHERE presence = 'present'
GROUP BY match_faults;

-- name: read_backlog
-- What nights leave for the next, such as of a first load that takes days: the nights since the last one that went through, each of
-- which left some of its plan, the newest seven of them. Takes no parameters. One row: how many nights, how many calls Redox accepted
-- in them, how many wait.
WITH night AS (
  SELECT run_number
  FROM run
  WHERE job = 'nightly'
    AND status = 'stopped'
    AND NOT plan_only
    AND run_number > (
      SELECT coalesce(max(run_number), 0) FROM run WHERE job = 'nightly' AND status = 'done' AND NOT plan_only
    )
  ORDER BY run_number DESC
  LIMIT 7
)
SELECT
  (SELECT count(*) FROM night) AS nights,
  (SELECT count(*) FROM call c JOIN night n ON n.run_number = c.run_number WHERE c.state = 'accepted') AS accepted,
  (SELECT count(*) FROM call WHERE is_open AND state = 'planned') AS waiting;
