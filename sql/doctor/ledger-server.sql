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
       coalesce(has_schema_privilege(to_regnamespace('redox_reconcile')::oid, 'CREATE'), false) AS can_create_tables
