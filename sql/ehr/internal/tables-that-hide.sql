-- Tables with row level security, of those given, those they are parts of, or of that name, of which no policy lets our role see every row.
-- $1 text[], $2 text[]: schema and name of each table. $3 text: the name of one more, in whatever schema. One row per table.
WITH RECURSIVE given AS (
  SELECT class.oid
  FROM pg_class AS class
  JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
  WHERE class.relname = $3::text
     OR (namespace.nspname, class.relname) IN (SELECT * FROM unnest($1::text[]::name[], $2::text[]::name[]))
  UNION
  -- Policies of a partitioned table hide rows of its parts, and a plan names the parts.
  SELECT inhparent FROM given JOIN pg_inherits ON inhrelid = given.oid
)
SELECT namespace.nspname || '.' || class.relname AS name
FROM given
JOIN pg_class AS class ON class.oid = given.oid
JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE class.relrowsecurity
  AND NOT (
    EXISTS (
      SELECT
      FROM pg_policy AS policy
      WHERE policy.polrelid = class.oid
        AND policy.polpermissive
        AND policy.polcmd IN ('r', '*')
        AND pg_get_expr(policy.polqual, class.oid) = 'true'
        AND EXISTS (
          SELECT FROM unnest(policy.polroles) AS role
          WHERE CASE role WHEN 0 THEN true ELSE pg_has_role(role, 'USAGE') END
        )
    )
    AND NOT EXISTS (
      SELECT FROM pg_policy AS policy
      WHERE policy.polrelid = class.oid AND NOT policy.polpermissive AND policy.polcmd IN ('r', '*')
    )
  )
ORDER BY name
