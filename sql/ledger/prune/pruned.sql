-- Was this run forgotten, or is it being? A run that the ledger does not know, and that began before what was forgotten, was.
-- $1: run id. $2: when it began, or null where its id does not say. One row: since when, or null.
SELECT coalesce(
  (SELECT pruned_at FROM run WHERE run_id = $1),
  (
    SELECT p.pruned_at
    FROM pruning p
    WHERE $2::timestamptz < p.ended_before AND NOT EXISTS (SELECT FROM run WHERE run_id = $1)
  )
) AS pruned_at
