-- The start of every session, on the ledger and the EHR, the cancelling of its current statement, and whether it is still served.

-- name: greet
-- The server process that answers, and what role, database and server make of a session before we set anything. Names are qualified:
-- the role's search_path is not ours yet. Takes no parameters. One row, all of it text.
SELECT pg_catalog.pg_backend_pid()::pg_catalog.text AS process_id,
       pg_catalog.current_setting('server_encoding') AS encoding,
       pg_catalog.pg_is_in_recovery()::pg_catalog.text AS is_standby,
       pg_catalog.current_setting('default_transaction_read_only') AS read_only,
       -- Tells servers apart that share one name.
       (extract(epoch FROM pg_catalog.pg_postmaster_start_time()) OPERATOR(pg_catalog.*) 1000000)::pg_catalog.int8::pg_catalog.text AS started,
       pg_catalog.current_setting('statement_timeout') AS statement_timeout;

-- name: pin_settings
-- Sets what a session must not take from its role, its database or its server, and leaves out what this server does not know. Fails where
-- one may not be set. $1 text[], $2 text[]: names and values. One row per setting: what it was, and what it is.
SELECT wanted.name,
       pg_catalog.current_setting(wanted.name, true) AS was,
       pg_catalog.set_config(wanted.name, wanted.value, false) AS is
FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[])) AS wanted (name, value)
-- A name with a dot is one of ours, which no server has to know.
WHERE pg_catalog.current_setting(wanted.name, true) IS NOT NULL OR pg_catalog.strpos(wanted.name, '.') OPERATOR(pg_catalog.>) 0;

-- name: pin_permitted_settings
-- Like pin_settings, but a setting that our role may not set stays as it is, and `is` is null. Five times slower: it reads pg_settings.
SELECT wanted.name,
       known.setting AS was,
       CASE WHEN known.context IS NULL OR known.context OPERATOR(pg_catalog.=) 'user' OR pg_catalog.current_setting('is_superuser') OPERATOR(pg_catalog.=) 'on'
            THEN pg_catalog.set_config(wanted.name, wanted.value, false) END AS is
FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[])) AS wanted (name, value)
LEFT JOIN pg_catalog.pg_settings AS known ON pg_catalog.lower(known.name) OPERATOR(pg_catalog.=) pg_catalog.lower(wanted.name)
WHERE known.name IS NOT NULL OR pg_catalog.strpos(wanted.name, '.') OPERATOR(pg_catalog.>) 0;

-- name: cancel_statement
-- Cancels the statement of one of our own sessions: the process $1 of the server that started at $2, both from its greeting. Another server
-- under the same name is left alone. One row where the process was signalled.
SELECT pg_catalog.pg_cancel_backend($1::pg_catalog.int4)
 WHERE (extract(epoch FROM pg_catalog.pg_postmaster_start_time()) OPERATOR(pg_catalog.*) 1000000)::pg_catalog.int8
       OPERATOR(pg_catalog.=) $2::pg_catalog.int8;

-- name: find_served
-- One of our own sessions while it still has its process $1 at the server that started at $2, both from its greeting. One row then, and also
-- at another server under the same name, which cannot know.
SELECT $1::pg_catalog.int4 AS process_id
 WHERE (extract(epoch FROM pg_catalog.pg_postmaster_start_time()) OPERATOR(pg_catalog.*) 1000000)::pg_catalog.int8
       OPERATOR(pg_catalog.<>) $2::pg_catalog.int8
    OR EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS session WHERE session.pid OPERATOR(pg_catalog.=) $1::pg_catalog.int4);
