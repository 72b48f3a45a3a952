-- Forgets some discrepancies of marked runs. $1: how many. One row: how many.
WITH gone AS (
  DELETE FROM discrepancy
  WHERE discrepancy_id IN (
    SELECT d.discrepancy_id FROM run r JOIN discrepancy d ON d.run_number = r.run_number WHERE r.pruned_at IS NOT NULL LIMIT $1
  )
  RETURNING 1
)
SELECT count(*) AS removed FROM gone
