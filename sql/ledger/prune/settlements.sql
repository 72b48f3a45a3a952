-- Forgets some words of people that were said in marked runs; what followed from them stays. $1: how many. One row: how many.
WITH gone AS (
  DELETE FROM settlement
  WHERE settlement_id IN (
    SELECT s.settlement_id FROM run r JOIN settlement s ON s.run_number = r.run_number WHERE r.pruned_at IS NOT NULL LIMIT $1
  )
  RETURNING 1
)
SELECT count(*) AS removed FROM gone
