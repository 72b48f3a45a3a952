-- The server process that answers, and what role, database and server make of a session before we set anything. Names are qualified:
-- the role's search_path is not ours yet. Takes no parameters. One row, all of it text.
SELECT pg_catalog.pg_backend_pid()::pg_catalog.text AS process_id,
       pg_catalog.current_setting('server_encoding') AS encoding,
       pg_catalog.pg_is_in_recovery()::pg_catalog.text AS is_standby,
       pg_catalog.current_setting('default_transaction_read_only') AS read_only,
       -- Tells servers apart that share one name.
       (extract(epoch FROM pg_catalog.pg_postmaster_start_time()) OPERATOR(pg_catalog.*) 1000000)::pg_catalog.int8::pg_catalog.text AS started,
       pg_catalog.current_setting('statement_timeout') AS statement_timeout
