-- The views of reports that are there, what is said of each, its columns in their order, and who else may read it. $1: the ledger's schema.
-- One row per view.
SELECT
  c.relname AS name,
  coalesce(obj_description(c.oid, 'pg_class'), '') AS comment,
  ARRAY(
    SELECT a.attname::text
    FROM pg_attribute AS a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
  ) AS columns,
  ARRAY(
    SELECT CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END
    FROM aclexplode(c.relacl) AS g
    WHERE g.privilege_type = 'SELECT' AND g.grantee <> c.relowner
  ) AS readers
FROM pg_class c
WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'v' AND c.relname LIKE 'report\_%'
ORDER BY c.relname
