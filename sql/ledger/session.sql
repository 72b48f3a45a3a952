-- How a job comes into the ledger: it makes the planner as it is everywhere, tries to take the one lock, and says who holds it where
-- another does. Jobs that only read need neither lock nor anything else of this.

-- name: use_usual_planner
-- Plans the ledger's statements as Postgres comes, whatever the role or the database has switched off for other programs: the join of the
-- stage with the ledger takes hours without the right kind of join. What things cost stays as the server has it. Takes no parameters. One row
-- per setting that was changed.
SELECT name, set_config(name, boot_val, false) AS is
FROM pg_settings
WHERE setting IS DISTINCT FROM boot_val
  AND context = 'user'
  AND (name LIKE 'enable\_%'
       OR name LIKE 'geqo%'
       OR name IN ('constraint_exclusion', 'cursor_tuple_fraction', 'from_collapse_limit', 'join_collapse_limit', 'recursive_worktable_factor'));

-- name: has_ledger
-- Is there a ledger in this database? Takes no parameters. One row.
SELECT to_regclass('redox_reconcile.migration') IS NOT NULL AS exists;

-- name: try_lock
-- Tries to take the one lock of this ledger, held by this session until it ends (decision 9). Takes no parameters. One row.
SELECT pg_try_advisory_lock(hashtextextended('redox-reconcile run', 0)) AS taken;

-- name: find_lock_holder
-- Who says that they are running. Takes no parameters. One row per running run.
SELECT run_id, job, host, process_id, started_at FROM run WHERE status = 'running' ORDER BY run_number DESC LIMIT 1;

-- name: read_ledger_clock
-- The ledger's clock. Takes no parameters. One row.
SELECT clock_timestamp() AS now;
