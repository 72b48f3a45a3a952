-- The Postgres that `demo` and the tests bring along: who uses it, and whether a database of it is there.

-- name: announce_presence
-- Says that this job uses the server: a lock that every user of the server shares. Waits while the last one out holds it.
-- $1 key of the lock. One row.
SELECT pg_advisory_lock_shared($1);

-- name: find_database
-- $1 name of a database. One row: does_exist.
SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1) AS does_exist;

-- name: leave_presence
-- Takes back what `announce_presence` said.
-- $1 key of the lock. One row.
SELECT pg_advisory_unlock_shared($1);

-- name: try_to_be_last
-- True where nobody else has announced themselves; from then on nobody can, until this session ends.
-- $1 key of the lock. One row: is_last.
SELECT pg_try_advisory_lock($1) AS is_last;
