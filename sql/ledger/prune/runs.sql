-- Forgets some marked runs, of which nothing is left by then. $1: how many. One row: how many.
WITH gone AS (
  DELETE FROM run WHERE run_number IN (SELECT run_number FROM run WHERE pruned_at IS NOT NULL LIMIT $1) RETURNING 1
)
SELECT count(*) AS removed FROM gone
