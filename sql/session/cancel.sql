-- Cancels the statement of one of our own sessions: the process $1 of the server that started at $2, both from its greeting. Another server
-- under the same name is left alone. One row where the process was signalled.
SELECT pg_catalog.pg_cancel_backend($1::pg_catalog.int4)
 WHERE (extract(epoch FROM pg_catalog.pg_postmaster_start_time()) OPERATOR(pg_catalog.*) 1000000)::pg_catalog.int8
       OPERATOR(pg_catalog.=) $2::pg_catalog.int8
