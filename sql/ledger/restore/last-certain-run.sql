-- The last run that compared everything there was to compare and is known to its end: what the ledger says of the time before it is
-- certain. $1: only runs that started before this; null: any. $2: this run. One row, or none.
SELECT run_number, started_at
FROM run
WHERE status = 'done'
  AND NOT plan_only
  AND mode IN ('sweep', 'changes')
  AND run_number < $2
  AND ($1::timestamptz IS NULL OR started_at < $1)
ORDER BY run_number DESC
LIMIT 1
