-- `prune`: deletes the data of old runs in batches. First rejections that no longer matter; then the runs that nothing
-- needs are marked; then their rows are deleted, each run last.

-- name: count_kept_runs
-- Counts the runs that ended before $1 and are still needed.
-- One row.
SELECT count(*) AS runs FROM run WHERE finished_at < $1 AND pruned_at IS NULL;

-- name: prune_rejections
-- Deletes the rejections of rows that are gone or no longer due; a due row has an open call. Runs before the marking,
-- because a rejection keeps its run. $1: rejections last counted in a run that ended before this.
-- One row: the number deleted.
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
-- Marks the runs to delete: they ended before $1, and nothing needs them. A run is needed if it has an open call; if it
-- is one of the last sweeps or later (the guard learns from them what is usual, open-actions.csv what is new); if it is
-- the last clean night or one of the last ten runs (for `status`); or if the watermark or a rejection refers to it. A
-- marked run has no reports.
-- $1: time. $2: number of sweeps that the guard learns from.
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
-- The marked runs.
-- One row per run.
SELECT run_id FROM run WHERE pruned_at IS NOT NULL ORDER BY run_number;

-- name: prune_calls
-- Deletes a batch of calls of marked runs, with their attempts. $1: batch size.
-- One row per call: its run.
WITH batch AS (
  SELECT c.call_id FROM run r JOIN call c ON c.run_number = r.run_number WHERE r.pruned_at IS NOT NULL LIMIT $1
),
gone_attempts AS (
  DELETE FROM attempt a USING batch WHERE a.call_id = batch.call_id
)
DELETE FROM call c USING batch WHERE c.call_id = batch.call_id RETURNING run_number;

-- name: prune_rows
-- Deletes a batch of the rows that marked runs have in a table. $1: batch size.
-- {table}: the table.
-- One row per deleted one: its run.
DELETE FROM {table}
WHERE ctid = ANY (
  ARRAY(SELECT t.ctid FROM run r JOIN {table} t ON t.run_number = r.run_number WHERE r.pruned_at IS NOT NULL LIMIT $1)
)
RETURNING run_number;

-- name: prune_runs
-- Deletes a batch of marked runs, which are empty by then. $1: batch size.
-- One row per deleted one: its run.
DELETE FROM run WHERE run_number IN (SELECT run_number FROM run WHERE pruned_at IS NOT NULL LIMIT $1) RETURNING run_number;

-- name: note_pruning
-- Records what was pruned. $1: runs that ended before this. $2: time.
INSERT INTO pruning (ended_before, pruned_at)
VALUES ($1, $2)
ON CONFLICT (only_row) DO UPDATE
SET ended_before = greatest(pruning.ended_before, excluded.ended_before), pruned_at = excluded.pruned_at;

-- name: find_pruned_run
-- When this run was pruned or marked. An unknown run that started before the pruned time was pruned.
-- $1: run id. $2: its start, or null if its id does not contain one.
-- One row: the time, or null.
SELECT coalesce(
  (SELECT pruned_at FROM run WHERE run_id = $1),
  (
    SELECT p.pruned_at
    FROM pruning p
    WHERE $2::timestamptz < p.ended_before AND NOT EXISTS (SELECT FROM run WHERE run_id = $1)
  )
) AS pruned_at;
