-- Marks the runs that are to be forgotten: they ended before $1, and nothing needs them any more. Needed are a run with an open call,
-- the last 14 sweeps and what came since them (the guard learns from them what is usual, and open-actions.csv what is new), the last
-- clean night and the last ten runs (status), and what the watermark and a refused row point to. Once marked, a run has no reports.
-- $1: time. Gives nothing.
UPDATE run r
SET pruned_at = now()
WHERE r.finished_at < $1
  AND r.pruned_at IS NULL
  AND NOT EXISTS (SELECT FROM call c WHERE c.is_open AND c.run_number = r.run_number)
  AND r.run_number < ALL (
    SELECT run_number FROM run
    WHERE mode = 'sweep' AND status = 'done' AND NOT plan_only AND change_counts IS NOT NULL
    ORDER BY run_number DESC
    LIMIT 14
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
  AND NOT EXISTS (SELECT FROM rejection x WHERE x.run_number = r.run_number)
