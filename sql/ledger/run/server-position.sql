-- Which cluster this is, on which timeline, and how far its WAL is on disk. A role may be forbidden to ask.
-- Takes no parameters. One row.
SELECT
  (SELECT system_identifier::text FROM pg_control_system()) AS system_identifier,
  ('x' || left(pg_walfile_name(pg_current_wal_flush_lsn()), 8))::bit(32)::integer AS timeline,
  (pg_current_wal_flush_lsn() - '0/0')::bigint AS wal_bytes,
  current_database()::text AS database
