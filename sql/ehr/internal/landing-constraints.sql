-- Constraints and indexes that the contract has declared on landing tables and that a row of a file may break, which would end
-- the landing instead of being reported. NOT NULL is none of them: it is read as "required" and then taken off. Nor is a hash
-- index, which takes every text; a B-tree does not take a long one.
-- $1 text: the landing schema. One row per table that has any.
SELECT DISTINCT class.relname AS table_name
FROM pg_class AS class
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace AND namespace.nspname = $1::text
WHERE class.relkind = 'r'
  AND (EXISTS (SELECT
               FROM pg_index AS index
               JOIN pg_class AS relation ON relation.oid = index.indexrelid
               JOIN pg_am AS method ON method.oid = relation.relam
               WHERE index.indrelid = class.oid AND method.amname <> 'hash')
       OR EXISTS (SELECT FROM pg_constraint AS con WHERE con.conrelid = class.oid AND con.contype <> 'n'))
ORDER BY class.relname
