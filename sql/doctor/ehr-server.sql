-- The server of the EHR, and how much our role could do there that it should not. Takes no parameters. One row.
SELECT current_setting('server_version') AS version,
       current_user AS role,
       pg_is_in_recovery() AS is_standby,
       floor(extract(epoch FROM now() - pg_last_xact_replay_timestamp()))::bigint AS replayed_seconds_ago,
       current_setting('transaction_read_only') AS read_only,
       (SELECT reset_val || coalesce(unit, '') FROM pg_settings WHERE name = 'max_standby_streaming_delay') AS conflict_patience,
       current_setting('hot_standby_feedback') AS standby_feedback,
       (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS is_superuser,
       has_database_privilege(current_database(), 'CREATE') AS can_create_schemas
