-- What `doctor` asks the servers of the EHR and of the ledger. All of it only reads.

-- name: read_server_clock
-- The server's clock at this moment, for a comparison with ours. Takes no parameters.
-- One row: `milliseconds` since 1970-01-01T00:00:00Z.
SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS milliseconds;

-- name: read_connections
-- How many connections our role, the database and the server may have (-1: no limit), and how many they have at this moment, this
-- one among them. Takes no parameters. One row.
WITH activity AS MATERIALIZED (
  -- Only sessions of programs: of the server's own processes none has a database.
  SELECT usename, datname FROM pg_stat_activity WHERE datname IS NOT NULL
)
SELECT current_user AS role,
       current_database() AS database,
       -- A superuser is under neither limit.
       CASE WHEN role.rolsuper THEN -1 ELSE role.rolconnlimit END AS role_limit,
       (SELECT count(*) FROM activity WHERE usename = current_user) AS role_used,
       CASE WHEN role.rolsuper THEN -1 ELSE database.datconnlimit END AS database_limit,
       (SELECT count(*) FROM activity WHERE datname = current_database()) AS database_used,
       current_setting('max_connections')::integer
         - CASE WHEN role.rolsuper THEN 0 ELSE current_setting('superuser_reserved_connections')::integer
           + coalesce(current_setting('reserved_connections', true), '0')::integer END AS server_limit,
       (SELECT count(*) FROM activity) AS server_used
FROM pg_roles AS role, pg_database AS database
WHERE role.rolname = current_user AND database.datname = current_database();

-- name: read_session_settings
-- Settings that stand in our session although somebody has changed them: those set for our role or this database, and a few that the
-- server may have and no role may set. What we pin ourselves is none of them. Takes no parameters. One row per setting.
SELECT setting.name,
       current_setting(setting.name) AS value,
       coalesce(given.whose, 'the server') AS whose
FROM pg_settings AS setting
LEFT JOIN LATERAL (
  SELECT CASE WHEN setrole <> 0 THEN 'the role' ELSE 'the database' END AS whose
  FROM pg_db_role_setting, unnest(setconfig) AS entry
  WHERE lower(split_part(entry, '=', 1)) = lower(setting.name)
    AND setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = session_user))
    AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
  -- The narrowest of them counts.
  ORDER BY setrole <> 0 DESC, setdatabase <> 0 DESC
  LIMIT 1
) AS given ON true
WHERE setting.source <> 'session'
  AND (given.whose IS NOT NULL
       OR (setting.name IN ('temp_file_limit', 'zero_damaged_pages', 'ignore_checksum_failure', 'row_security')
           AND setting.setting IS DISTINCT FROM setting.boot_val))
ORDER BY setting.name;

-- name: describe_ehr_server
-- The server of the EHR, and how much our role could do there that it should not. Takes no parameters. One row.
SELECT current_setting('server_version') AS version,
       current_user AS role,
       pg_is_in_recovery() AS is_standby,
       floor(extract(epoch FROM now() - pg_last_xact_replay_timestamp()))::bigint AS replayed_seconds_ago,
       current_setting('transaction_read_only') AS read_only,
       (SELECT reset_val || coalesce(unit, '') FROM pg_settings WHERE name = 'max_standby_streaming_delay') AS conflict_patience,
       current_setting('hot_standby_feedback') AS standby_feedback,
       (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS is_superuser,
       has_database_privilege(current_database(), 'CREATE') AS can_create_schemas;

-- name: describe_ehr_tables
-- What our role could change in the tables that a contract reads. $1 text[], $2 text[]: schema and name of each table.
-- One row per table.
SELECT namespace.nspname || '.' || class.relname AS name,
       pg_has_role(class.relowner, 'USAGE') AS is_owner,
       has_schema_privilege(namespace.oid, 'CREATE') AS can_create_beside,
       array_to_string(ARRAY(
         SELECT privilege
         FROM unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS privilege
         WHERE has_table_privilege(class.oid, privilege)
            OR (privilege IN ('INSERT', 'UPDATE') AND has_any_column_privilege(class.oid, privilege))
       ), ', ') AS rights,
       class.reltuples::bigint AS estimated_rows
FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[])) AS given (schema_name, table_name)
JOIN pg_namespace AS namespace ON namespace.nspname = given.schema_name
JOIN pg_class AS class ON class.relnamespace = namespace.oid AND class.relname = given.table_name
ORDER BY name;

-- name: describe_ledger_server
-- The server of the ledger, and what our role may do there. Takes no parameters. One row.
SELECT current_setting('server_version') AS version,
       current_setting('server_version_num')::integer AS version_number,
       current_user AS role,
       current_setting('synchronous_commit') AS synchronous_commit,
       current_setting('fsync') AS fsync,
       has_database_privilege(current_database(), 'CREATE') AS can_create_schemas,
       current_database() AS database,
       pg_database_size(current_database()) AS bytes,
       to_regnamespace('redox_reconcile') IS NOT NULL AS has_schema,
       coalesce(has_schema_privilege(to_regnamespace('redox_reconcile')::oid, 'USAGE'), false) AS can_use_schema,
       coalesce(has_schema_privilege(to_regnamespace('redox_reconcile')::oid, 'CREATE'), false) AS can_create_tables;

-- name: describe_availability
-- What happens to the ledger if a machine vanishes: the keepalives of this session, and the standbys of the server.
-- `client_connection_check_interval` is unknown before Postgres 14. Takes no parameters. One row.
SELECT inet_server_addr() IS NULL AS is_local,
       current_setting('tcp_keepalives_idle') AS idle,
       current_setting('tcp_keepalives_interval') AS interval,
       current_setting('tcp_keepalives_count') AS count,
       current_setting('tcp_user_timeout') AS user_timeout,
       coalesce(current_setting('client_connection_check_interval', true), 'unknown') AS check_interval,
       current_setting('synchronous_standby_names') AS synchronous_standby_names,
       (SELECT count(*) FROM pg_stat_replication)::integer AS standbys;

-- name: describe_ledger_tables
-- The ledger's tables, and what our role may not do with them. Takes no parameters. One row per table.
SELECT CASE namespace.nspname WHEN 'redox_reconcile' THEN class.relname ELSE namespace.nspname || '.' || class.relname END AS name,
       class.relpersistence = 'u' AS is_unlogged,
       pg_get_userbyid(class.relowner)::text AS owner,
       pg_has_role(class.relowner, 'USAGE') AS is_owner,
       array_to_string(ARRAY(
         SELECT privilege
         FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS privilege
         WHERE NOT has_table_privilege(class.oid, privilege)
       ), ', ') AS missing_rights
FROM pg_class AS class
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE namespace.nspname IN ('redox_reconcile', 'redox_reconcile_sweep') AND class.relkind = 'r'
ORDER BY namespace.nspname, class.relname;

-- name: describe_ledger_sequences
-- The ledger's sequences that our role may not use. Those of identity columns need no right. Takes no parameters. One row per sequence.
WITH sequence AS MATERIALIZED (
  -- Of what is no sequence it must not be asked.
  SELECT class.oid, namespace.nspname AS schema, class.relname AS name
  FROM pg_class AS class
  JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
  WHERE namespace.nspname IN ('redox_reconcile', 'redox_reconcile_sweep')
    AND class.relkind = 'S'
    AND NOT EXISTS (
      SELECT FROM pg_depend
      WHERE classid = 'pg_class'::regclass AND objid = class.oid AND deptype = 'i' AND refclassid = 'pg_class'::regclass
    )
)
SELECT CASE schema WHEN 'redox_reconcile' THEN name ELSE schema || '.' || name END AS name, 'USAGE' AS missing_rights
FROM sequence
WHERE NOT has_sequence_privilege(oid, 'USAGE')
ORDER BY schema, sequence.name;

-- name: is_lock_held
-- Does a session hold the one lock of the ledger (`try_lock`)? A lock of 64 bits stands in pg_locks in two halves.
-- Takes no parameters. One row.
SELECT EXISTS (
  SELECT
  FROM pg_locks
  WHERE locktype = 'advisory'
    AND granted
    AND objsubid = 1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (classid::bigint << 32) | objid::bigint = hashtextextended('redox-reconcile run', 0)
) AS is_held;
