-- Which of these tables are large, by the planner's own estimate; a table that was never analysed counts as small.
-- $1 text[], $2 text[]: schema and name of each table. $3 text: how many rows are many.
-- One row per large table.
SELECT namespace.nspname || '.' || class.relname AS name
FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[])) AS given (schema_name, table_name)
JOIN pg_namespace AS namespace ON namespace.nspname = given.schema_name
JOIN pg_class AS class ON class.relnamespace = namespace.oid AND class.relname = given.table_name
WHERE class.reltuples > $3::text::real
ORDER BY name
