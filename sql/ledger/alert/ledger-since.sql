-- Since when there is this ledger. Takes no parameters. One row.
SELECT min(applied_at) AS since FROM migration
