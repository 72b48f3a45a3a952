-- The ledger's sequences that our role may not use. Those of identity columns need no right. Takes no parameters. One row per sequence.
WITH sequence AS MATERIALIZED (
  -- Of what is no sequence it must not be asked.
  SELECT class.oid, namespace.nspname AS schema, class.relname AS name
  FROM pg_class AS class
  JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
  WHERE namespace.nspname IN ('redox_reconcile', 'redox_reconcile_sweep')
    AND class.relkind = 'S'
    AND NOT EXISTS (
      SELECT FROM pg_depend
      WHERE classid = 'pg_class'::regclass AND objid = class.oid AND deptype = 'i' AND refclassid = 'pg_class'::regclass
    )
)
SELECT CASE schema WHEN 'redox_reconcile' THEN name ELSE schema || '.' || name END AS name, 'USAGE' AS missing_rights
FROM sequence
WHERE NOT has_sequence_privilege(oid, 'USAGE')
ORDER BY schema, sequence.name
