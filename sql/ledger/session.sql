-- What a job runs as it opens a session on the ledger: it resets the planner's switches, tries the one lock, and looks
-- for the holder of the lock. Jobs that only read need no lock.

-- name: use_usual_planner
-- Resets planner switches that the role or the database has changed: without the right kind of join, joining stage and
-- ledger takes hours. Cost settings stay as they are.
-- One row per changed setting.
SELECT name, set_config(name, boot_val, false) AS is
FROM pg_settings
WHERE setting IS DISTINCT FROM boot_val
  AND context = 'user'
  AND (name LIKE 'enable\_%'
       OR name LIKE 'geqo%'
       OR name IN ('constraint_exclusion', 'cursor_tuple_fraction', 'from_collapse_limit', 'join_collapse_limit', 'recursive_worktable_factor'));

-- name: has_ledger
-- Whether this database has a ledger.
-- One row.
SELECT to_regclass('redox_reconcile.migration') IS NOT NULL AS exists;

-- name: try_lock
-- Tries to take the ledger's one lock, which this session keeps until it ends (decision 9).
-- One row.
SELECT pg_try_advisory_lock(hashtextextended('redox-reconcile run', 0)) AS taken;

-- name: find_lock_holder
-- The newest run recorded as running; an audit, which has the lock for moments, only if there is no other.
-- One row, or none.
SELECT run_id, job, host, process_id, started_at
FROM run
WHERE status = 'running'
ORDER BY job = 'audit', run_number DESC
LIMIT 1;

-- name: read_ledger_clock
-- The ledger's clock.
-- One row.
SELECT clock_timestamp() AS now;
