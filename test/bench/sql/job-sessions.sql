-- The sessions that a job has with a database, and how long their transaction is open. Takes no parameters. One row per session.
SELECT pid, coalesce(extract(epoch FROM clock_timestamp() - xact_start) * 1000, 0)::double precision AS ms
FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE 'redox-reconcile%'
