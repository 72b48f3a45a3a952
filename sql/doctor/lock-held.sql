-- Does a session hold the one lock of the ledger (ledger/run/try-lock)? A lock of 64 bits stands in pg_locks in two halves.
-- Takes no parameters. One row.
SELECT EXISTS (
  SELECT
  FROM pg_locks
  WHERE locktype = 'advisory'
    AND granted
    AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (classid::bigint << 32) | objid::bigint = hashtextextended('redox-reconcile run', 0)
) AS is_held
