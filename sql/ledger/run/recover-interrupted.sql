-- Marks runs that died, and counts what they came to. The lock is ours, so whoever still says `running` does not.
-- Takes no parameters. One row per such run.
UPDATE run
SET
  status = 'interrupted',
  finished_at = now(),
  (accepted_calls, open_calls) = (
    SELECT
      count(*) FILTER (WHERE kind = 'accepted'),
      count(*) FILTER (WHERE kind NOT IN ('accepted', 'unneeded', 'superseded'))
    FROM (SELECT call_kind(state, reason) AS kind FROM call c WHERE c.run_number = run.run_number) AS c
  ),
  (changed_rows, silent_rows) = (
    SELECT count(*), count(*) FILTER (WHERE kind = 'silent_change')
    FROM discrepancy d
    WHERE d.run_number = run.run_number
      AND d.kind IN ('changed', 'silent_change')
      AND d.detail IS DISTINCT FROM 'owner'
  )
WHERE status = 'running'
RETURNING run_id
