-- The newest runs, the newest first. $1: how many. One row per run.
SELECT run_id, job, mode, plan_only, status, exit_code, started_at, finished_at
FROM run
ORDER BY run_number DESC
LIMIT $1
