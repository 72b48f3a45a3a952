-- The tables and views that our role can read, by name, without those of Postgres itself. $1 text: how many at most.
-- One row per table or view.
SELECT namespace.nspname || '.' || class.relname AS name
FROM pg_class AS class
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE class.relkind IN ('r', 'v', 'm', 'f', 'p')
  AND namespace.nspname NOT IN ('pg_catalog', 'information_schema')
  AND namespace.nspname NOT LIKE 'pg\_%'
  AND has_schema_privilege(namespace.oid, 'USAGE')
  AND has_table_privilege(class.oid, 'SELECT')
ORDER BY name
LIMIT $1::text::integer
