-- The ledger's tables, and what our role may not do with them. Takes no parameters. One row per table.
SELECT CASE namespace.nspname WHEN 'redox_reconcile' THEN class.relname ELSE namespace.nspname || '.' || class.relname END AS name,
       class.relpersistence = 'u' AS is_unlogged,
       pg_has_role(class.relowner, 'USAGE') AS is_owner,
       array_to_string(ARRAY(
         SELECT privilege
         FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS privilege
         WHERE NOT has_table_privilege(class.oid, privilege)
       ), ', ') AS missing_rights
FROM pg_class AS class
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE namespace.nspname IN ('redox_reconcile', 'redox_reconcile_sweep') AND class.relkind = 'r'
ORDER BY namespace.nspname, class.relname
