-- What the contract has declared for the CSV files to land in.
-- $1 text: the landing schema. One row per column of each table, in the table's order.
SELECT class.relname AS table_name,
       class.relpersistence = 'u' AS is_unlogged,
       attribute.attname AS column_name,
       format_type(attribute.atttypid, attribute.atttypmod) AS type,
       attribute.attnotnull AS is_required
FROM pg_class AS class
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace AND namespace.nspname = $1::text
JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid AND attribute.attnum > 0 AND NOT attribute.attisdropped
WHERE class.relkind = 'r'
ORDER BY class.relname, attribute.attnum
