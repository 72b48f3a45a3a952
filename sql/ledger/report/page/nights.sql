-- The nights up to a run, applied plans of nights among them, the newest first. Their numbers were counted when they were closed, so old calls are not read again.
-- $1: run number. $2: how many nights. One row per night.
SELECT
  run_id, mode, status, exit_code, started_at, finished_at, accepted_calls, open_calls, changed_rows, silent_rows
FROM run
WHERE (job = 'nightly' OR (job = 'apply' AND mode = 'sweep')) AND NOT plan_only AND run_number <= $1
ORDER BY run_number DESC
LIMIT $2
