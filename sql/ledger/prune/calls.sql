-- Forgets some calls of marked runs, with their attempts. $1: how many. One row: how many of both.
WITH batch AS (
  SELECT c.call_id FROM run r JOIN call c ON c.run_number = r.run_number WHERE r.pruned_at IS NOT NULL LIMIT $1
),
gone_attempts AS (
  DELETE FROM attempt a USING batch WHERE a.call_id = batch.call_id RETURNING 1
),
gone_calls AS (
  DELETE FROM call c USING batch WHERE c.call_id = batch.call_id RETURNING 1
)
SELECT (SELECT count(*) FROM gone_calls) AS removed, (SELECT count(*) FROM gone_attempts) AS attempts
