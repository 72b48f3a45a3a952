-- Takes back what announce.sql said.
-- $1 key of the lock. One row.
SELECT pg_advisory_unlock_shared($1)
