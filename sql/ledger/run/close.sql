-- Closes a run, and counts what it came to.
-- $1: run. $2: status. $3: exit code. $4: the sentence that was printed, or null. $5: end. Gives nothing.
UPDATE run
SET
  status = $2,
  exit_code = $3,
  failure = $4,
  finished_at = $5,
  (accepted_calls, open_calls) = (
    SELECT
      count(*) FILTER (WHERE kind = 'accepted'),
      count(*) FILTER (WHERE kind NOT IN ('accepted', 'unneeded', 'superseded'))
    FROM (SELECT call_kind(state, reason) AS kind FROM call WHERE run_number = $1) AS c
  ),
  (changed_rows, silent_rows) = (
    SELECT count(*), count(*) FILTER (WHERE kind = 'silent_change')
    FROM discrepancy
    WHERE run_number = $1 AND kind IN ('changed', 'silent_change') AND detail IS DISTINCT FROM 'owner'
  )
WHERE run_number = $1
