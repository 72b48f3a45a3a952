-- $1 name of a database. One row: does_exist.
SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1) AS does_exist
