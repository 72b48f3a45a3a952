-- The ledger's version, and the report views that are created after its migrations. The migrations are in `migrations/`,
-- one file each.

-- name: begin_ledger
-- Creates the ledger's schema and the list of its migrations. Safe to repeat.
CREATE SCHEMA IF NOT EXISTS redox_reconcile;
CREATE TABLE IF NOT EXISTS redox_reconcile.migration (
  number integer PRIMARY KEY,
  name text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE redox_reconcile.migration IS 'One row per migration that this ledger has had. Forward only.';
COMMENT ON COLUMN redox_reconcile.migration.number IS 'Its number.';
COMMENT ON COLUMN redox_reconcile.migration.name IS 'Its file, without the ending.';
COMMENT ON COLUMN redox_reconcile.migration.applied_at IS 'When it was applied.';

-- name: read_version
-- The ledger's version: the number of its last migration, or 0; and the name of its first, or null.
-- One row.
SELECT coalesce(max(number), 0) AS version, min(name) FILTER (WHERE number = 1) AS first_name FROM redox_reconcile.migration;

-- name: note_migration
-- Records an applied migration. $1: number. $2: name.
INSERT INTO redox_reconcile.migration (number, name) VALUES ($1, $2);

-- name: known_views
-- The existing report views with their comments, columns in order and readers. $1: the ledger's schema.
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
ORDER BY c.relname;

-- name: drop_view
-- Drops a report's view that cannot be replaced. {view}: its name.
DROP VIEW {view};

-- name: create_view
-- A report as a view over all runs: the report's query runs once per selected run. The run id comes from the outer table,
-- so that a condition on it applies before the query runs.
-- {view}: its name. {columns}: those of the report, its run_id from the outer table. {query}: reports/<name>.sql, with
-- reported.run_number for $1.
CREATE OR REPLACE VIEW {view} AS
SELECT {columns}
FROM run AS reported
CROSS JOIN LATERAL (
{query}
) AS report;

-- name: describe_view
-- Statements that comment on a view and its columns, and restore its grants.
-- $1: the view. $2: its comment. $3: its columns. $4: their comments. $5: its readers, as SQL identifiers.
-- One row per statement.
SELECT format('COMMENT ON VIEW %I IS %L', $1::text, $2::text) AS statement
UNION ALL
SELECT format('COMMENT ON COLUMN %I.%I IS %L', $1::text, c.name, c.comment)
FROM unnest($3::text[], $4::text[]) AS c (name, comment)
UNION ALL
SELECT format('GRANT SELECT ON %I TO %s', $1::text, reader)
FROM unnest($5::text[]) AS reader;
