-- How far this ledger has come. Takes no parameters. One row.
SELECT ledger_id, commits FROM ledger_position
