-- The ledger's position: the number of its commits. `REPORT_DIR` keeps the last number and the server's WAL position;
-- comparing them shows whether the ledger lost commits or is an older copy.

-- name: name_ledger
-- Creates the ledger's id, if it has none.
INSERT INTO ledger_identity DEFAULT VALUES ON CONFLICT DO NOTHING;

-- name: read_position
-- The ledger's id and commits; the id is empty before its first run.
-- One row.
SELECT
  coalesce((SELECT ledger_id::text FROM ledger_identity), '') AS ledger_id,
  coalesce((SELECT max(number) FROM ledger_commit), 0) AS commits;

-- name: read_server_position
-- The cluster, its timeline and how far its WAL is on disk. A role may lack the right to read them.
-- One row.
SELECT
  (SELECT system_identifier::text FROM pg_control_system()) AS system_identifier,
  ('x' || left(pg_walfile_name(pg_current_wal_flush_lsn()), 8))::bit(32)::integer AS timeline,
  (pg_current_wal_flush_lsn() - '0/0')::bigint AS wal_bytes,
  current_database()::text AS database;

-- name: forget_commits
-- Deletes all commit numbers but the last.
DELETE FROM ledger_commit WHERE number < (SELECT max(number) FROM ledger_commit);

-- name: move_position
-- Adds a commit number, in the transaction that it counts.
-- One row: the number.
INSERT INTO ledger_commit (number)
SELECT coalesce(max(number), 0) + 1 FROM ledger_commit
RETURNING number AS commits;
