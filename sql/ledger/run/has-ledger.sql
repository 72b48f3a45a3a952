-- Is there a ledger in this database? Takes no parameters. One row.
SELECT to_regclass('redox_reconcile.migration') IS NOT NULL AS exists
