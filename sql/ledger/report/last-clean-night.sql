-- The last night that went through to its end, a nightly or an apply of what one planned: what it leaves open goes by itself or waits
-- for a person (exit codes 0 and 2).
-- Takes no parameters. One row, or none.
SELECT run_id, finished_at
FROM run
WHERE (job = 'nightly' OR (job = 'apply' AND mode = 'sweep')) AND status = 'done' AND NOT plan_only
ORDER BY run_number DESC
LIMIT 1
