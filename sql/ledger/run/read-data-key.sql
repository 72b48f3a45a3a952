-- The wrapped key of the fingerprints. Takes no parameters. One row, or none in a new ledger.
SELECT wrapped FROM data_key
