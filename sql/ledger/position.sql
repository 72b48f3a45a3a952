-- How far the ledger has come. Each commit of a run counts one up, and what the machine and the server remember beside it shows
-- whether the ledger that a job opens has lost commits, or is an older copy.

-- name: name_ledger
-- Gives the ledger its name, where it has none yet. Takes no parameters. Gives nothing.
INSERT INTO ledger_identity DEFAULT VALUES ON CONFLICT DO NOTHING;

-- name: read_position
-- How far this ledger has come; without a name before its first run. Takes no parameters. One row.
SELECT
  coalesce((SELECT ledger_id::text FROM ledger_identity), '') AS ledger_id,
  coalesce((SELECT max(number) FROM ledger_commit), 0) AS commits;

-- name: read_server_position
-- Which cluster this is, on which timeline, and how far its WAL is on disk. A role may be forbidden to ask.
-- Takes no parameters. One row.
SELECT
  (SELECT system_identifier::text FROM pg_control_system()) AS system_identifier,
  ('x' || left(pg_walfile_name(pg_current_wal_flush_lsn()), 8))::bit(32)::integer AS timeline,
  (pg_current_wal_flush_lsn() - '0/0')::bigint AS wal_bytes,
  current_database()::text AS database;

-- name: forget_commits
-- Forgets the commits of former runs, but for the last one. Takes no parameters. Gives nothing.
DELETE FROM ledger_commit WHERE number < (SELECT max(number) FROM ledger_commit);

-- name: move_position
-- Counts a commit of a run, in the transaction that it counts. Takes no parameters. One row: how many there are with it.
INSERT INTO ledger_commit (number)
SELECT coalesce(max(number), 0) + 1 FROM ledger_commit
RETURNING number AS commits;
