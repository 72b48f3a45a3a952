-- How far this ledger has come; without a name before its first run. Takes no parameters. One row.
SELECT
  coalesce((SELECT ledger_id::text FROM ledger_identity), '') AS ledger_id,
  coalesce((SELECT max(number) FROM ledger_commit), 0) AS commits
