-- `prune`: what old runs have left is forgotten, batch by batch. First what was counted against rows, then the runs that nothing needs are
-- marked, then their rows go in the order of this file, each run last.

-- name: count_kept_runs
-- How many runs ended before $1 and are still needed. One row.
SELECT count(*) AS runs FROM run WHERE finished_at < $1 AND pruned_at IS NULL;

-- name: prune_rejections
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
SELECT count(*) AS removed FROM gone;

-- name: mark_for_pruning
-- Marks the runs that are to be forgotten: they ended before $1, and nothing needs them any more. Needed are a run with an open call,
-- the last sweeps and what came since them (the guard learns from them what is usual, and open-actions.csv what is new), the last
-- clean night and the last ten runs (status), and what the watermark and a refused row point to. Once marked, a run has no reports.
-- $1: time. $2: how many sweeps the guard learns from. Gives nothing.
UPDATE run r
SET pruned_at = now()
WHERE r.finished_at < $1
  AND r.pruned_at IS NULL
  AND NOT EXISTS (SELECT FROM call c WHERE c.is_open AND c.run_number = r.run_number)
  AND r.run_number < ALL (
    SELECT run_number FROM run
    WHERE mode = 'sweep' AND status = 'done' AND NOT plan_only AND change_counts IS NOT NULL
    ORDER BY run_number DESC
    LIMIT $2
  )
  AND r.run_number < ALL (
    SELECT run_number FROM run WHERE mode = 'sweep' AND status = 'done' AND NOT plan_only ORDER BY run_number DESC LIMIT 1
  )
  AND r.run_number <> ALL (
    SELECT run_number FROM run
    WHERE (job = 'nightly' OR (job = 'apply' AND mode = 'sweep')) AND status = 'done' AND NOT plan_only
    ORDER BY run_number DESC
    LIMIT 1
  )
  AND r.run_number < ALL (SELECT run_number FROM run ORDER BY run_number DESC LIMIT 10)
  AND NOT EXISTS (SELECT FROM watermark w WHERE w.run_number = r.run_number)
  AND NOT EXISTS (SELECT FROM rejection x WHERE x.run_number = r.run_number);

-- name: read_marked_runs
-- The runs that are being forgotten. Takes no parameters. One row per run.
SELECT run_id FROM run WHERE pruned_at IS NOT NULL ORDER BY run_number;

-- name: prune_calls
-- Forgets some calls of marked runs, with their attempts. $1: how many. One row: how many calls.
WITH batch AS (
  SELECT c.call_id FROM run r JOIN call c ON c.run_number = r.run_number WHERE r.pruned_at IS NOT NULL LIMIT $1
),
gone_attempts AS (
  DELETE FROM attempt a USING batch WHERE a.call_id = batch.call_id
),
gone_calls AS (
  DELETE FROM call c USING batch WHERE c.call_id = batch.call_id RETURNING 1
)
SELECT count(*) AS removed FROM gone_calls;

-- name: prune_discrepancies
-- Forgets some discrepancies of marked runs. $1: how many. One row: how many.
WITH gone AS (
  DELETE FROM discrepancy
  WHERE discrepancy_id IN (
    SELECT d.discrepancy_id FROM run r JOIN discrepancy d ON d.run_number = r.run_number WHERE r.pruned_at IS NOT NULL LIMIT $1
  )
  RETURNING 1
)
SELECT count(*) AS removed FROM gone;

-- name: prune_data_quality
-- Forgets some lines of data quality of marked runs. $1: how many. One row: how many.
WITH gone AS (
  DELETE FROM data_quality
  WHERE data_quality_id IN (
    SELECT q.data_quality_id FROM run r JOIN data_quality q ON q.run_number = r.run_number WHERE r.pruned_at IS NOT NULL LIMIT $1
  )
  RETURNING 1
)
SELECT count(*) AS removed FROM gone;

-- name: prune_acknowledged
-- Forgets some acknowledged lines of marked runs. $1: how many. One row: how many.
WITH gone AS (
  DELETE FROM acknowledged
  WHERE (run_number, line) IN (
    SELECT a.run_number, a.line FROM run r JOIN acknowledged a ON a.run_number = r.run_number WHERE r.pruned_at IS NOT NULL LIMIT $1
  )
  RETURNING 1
)
SELECT count(*) AS removed FROM gone;

-- name: prune_settlements
-- Forgets some words of people that were said in marked runs; what followed from them stays. $1: how many. One row: how many.
WITH gone AS (
  DELETE FROM settlement
  WHERE settlement_id IN (
    SELECT s.settlement_id FROM run r JOIN settlement s ON s.run_number = r.run_number WHERE r.pruned_at IS NOT NULL LIMIT $1
  )
  RETURNING 1
)
SELECT count(*) AS removed FROM gone;

-- name: prune_runs
-- Forgets some marked runs, of which nothing is left by then. $1: how many. One row: how many.
WITH gone AS (
  DELETE FROM run WHERE run_number IN (SELECT run_number FROM run WHERE pruned_at IS NOT NULL LIMIT $1) RETURNING 1
)
SELECT count(*) AS removed FROM gone;

-- name: note_pruning
-- Notes what was forgotten. $1: runs that ended before this. $2: when. Gives nothing.
INSERT INTO pruning (ended_before, pruned_at)
VALUES ($1, $2)
ON CONFLICT (only_row) DO UPDATE
SET ended_before = greatest(pruning.ended_before, excluded.ended_before), pruned_at = excluded.pruned_at;

-- name: find_pruned_run
-- Was this run forgotten, or is it being? A run that the ledger does not know, and that began before what was forgotten, was.
-- $1: run id. $2: when it began, or null where its id does not say. One row: since when, or null.
SELECT coalesce(
  (SELECT pruned_at FROM run WHERE run_id = $1),
  (
    SELECT p.pruned_at
    FROM pruning p
    WHERE $2::timestamptz < p.ended_before AND NOT EXISTS (SELECT FROM run WHERE run_id = $1)
  )
) AS pruned_at;
