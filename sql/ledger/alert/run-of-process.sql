-- The run that a job has opened. $1: host. $2: process. $3: job. $4: it was started then or later. One row, or none.
SELECT run_number, run_id, mode, status, plan_only
FROM run
WHERE host = $1 AND process_id = $2 AND job = $3 AND started_at >= $4
ORDER BY run_number DESC
LIMIT 1
