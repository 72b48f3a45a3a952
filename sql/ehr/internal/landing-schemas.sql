-- The schemas into which runs have landed CSV files.
-- One row per schema.
SELECT nspname AS name
FROM pg_namespace
WHERE nspname LIKE 'redox\_reconcile\_landing\_%'
ORDER BY nspname
