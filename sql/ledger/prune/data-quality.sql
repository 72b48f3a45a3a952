-- Forgets some lines of data quality of marked runs. $1: how many. One row: how many.
WITH gone AS (
  DELETE FROM data_quality
  WHERE data_quality_id IN (
    SELECT q.data_quality_id FROM run r JOIN data_quality q ON q.run_number = r.run_number WHERE r.pruned_at IS NOT NULL LIMIT $1
  )
  RETURNING 1
)
SELECT count(*) AS removed FROM gone
