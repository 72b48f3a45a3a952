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
ORDER BY name
