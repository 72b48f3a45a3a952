-- How far this ledger has come. Takes no parameters. One row.
SELECT ledger_id, coalesce((SELECT max(number) FROM ledger_commit), 0) AS commits FROM ledger_identity
