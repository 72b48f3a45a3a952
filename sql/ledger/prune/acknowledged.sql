-- Forgets some acknowledged lines of marked runs. $1: how many. One row: how many.
WITH gone AS (
  DELETE FROM acknowledged
  WHERE (run_number, line) IN (
    SELECT a.run_number, a.line FROM run r JOIN acknowledged a ON a.run_number = r.run_number WHERE r.pruned_at IS NOT NULL LIMIT $1
  )
  RETURNING 1
)
SELECT count(*) AS removed FROM gone
