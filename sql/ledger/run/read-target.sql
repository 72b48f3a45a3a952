-- The target to which this ledger is bound. Takes no parameters. One row, or none.
SELECT identity FROM target
