-- The ledger's clock. Takes no parameters. One row.
SELECT clock_timestamp() AS now
