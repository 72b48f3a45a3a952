-- Is the session that holds the lock still there? Takes no parameters. One row.
SELECT 1 AS alive
