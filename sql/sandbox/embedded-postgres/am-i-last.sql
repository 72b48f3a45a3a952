-- True where nobody else has announced themselves; from then on nobody can, until this session ends.
-- $1 key of the lock. One row: is_last.
SELECT pg_try_advisory_lock($1) AS is_last
