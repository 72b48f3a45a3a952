-- The last night that went through to its end: what it leaves open goes by itself or waits for a person (exit codes 0 and 2).
-- Takes no parameters. One row, or none.
SELECT run_id, finished_at
FROM run
WHERE job = 'nightly' AND status = 'done' AND NOT plan_only
ORDER BY run_number DESC
LIMIT 1
