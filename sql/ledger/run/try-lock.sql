-- Tries to take the one lock of this ledger, held by this session until it ends (decision 9). Takes no parameters. One row.
SELECT pg_try_advisory_lock(hashtextextended('redox-reconcile run', 0)) AS taken
