-- Forgets what was counted against rows that are gone or no longer due: whatever is still due as it was refused, or held for it, has an
-- open call. Before runs are marked, for a refusal keeps its run. $1: refused last in a run that ended before this. One row: how many.
WITH gone AS (
  DELETE FROM rejection x
  USING run r
  WHERE r.run_number = x.run_number
    AND r.finished_at < $1
    AND NOT EXISTS (
      SELECT FROM call c
      WHERE c.is_open
        AND c.entity_id = x.entity_id
        AND (c.entity = x.entity OR (c.entity = 'merge' AND x.entity = 'patient'))
    )
  RETURNING 1
)
SELECT count(*) AS removed FROM gone
