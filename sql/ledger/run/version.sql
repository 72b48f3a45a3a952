-- The version of this ledger: its last migration, 0 for none. Takes no parameters. One row.
SELECT coalesce(max(number), 0) AS version FROM redox_reconcile.migration
