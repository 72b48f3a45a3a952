-- Says that this job uses the server: a lock that every user of the server shares. Waits while the last one out holds it.
-- $1 key of the lock. One row.
SELECT pg_advisory_lock_shared($1)
