-- What we ask of the EHR's server beside the site's own queries: what it is, what our role can read, how a session of ours is set for one
-- transaction, and the tables that CSV files land in.

-- name: take_raw_bytes
-- From here on the server gives text as it lies there. Only where the database itself has no encoding (SQL_ASCII): in any other one
-- the server would convert and check. One row.
SELECT set_config('client_encoding', 'SQL_ASCII', false) AS client_encoding;

-- name: check_time_zone
-- Fails with 22023 where this Postgres does not know the time zone.
-- $1 text: name of the zone. One row.
SELECT now() AT TIME ZONE $1::text AS wall_clock;

-- name: set_zone
-- For the rest of this transaction: the session's own time zone, the same rows in the same order, and not long.
-- $1 text: the zone. One row.
SELECT set_config('TimeZone', $1::text, true) AS time_zone,
       set_config('synchronize_seqscans', 'off', true) AS synchronize_seqscans,
       set_config('statement_timeout', '5s', true) AS statement_timeout;

-- name: set_window
-- The window of a scan, for the rest of this transaction: COPY takes no parameters, so the composed query reads them back
-- with current_setting().
-- $1 text: from, inclusive. $2 text: until, exclusive. Instants in ISO 8601, or '' for none. One row.
SELECT set_config('redox_reconcile.from', $1::text, true) AS window_from,
       set_config('redox_reconcile.until', $2::text, true) AS window_until;

-- name: read_source_clock
-- The source's own clock, below which its changes are known to be in this snapshot's reach.
-- A primary: when this transaction began. A standby: when the last transaction that it has replayed was committed; one
-- that has replayed nothing since its start knows only that time is later than the epoch, so the watermark stays put.
-- One row: `milliseconds` since 1970-01-01T00:00:00Z, rounded down.
SELECT floor(extract(epoch FROM CASE
         WHEN pg_is_in_recovery() THEN coalesce(pg_last_xact_replay_timestamp(), 'epoch')
         ELSE now()
       END) * 1000)::bigint AS milliseconds;

-- name: read_type_names
-- What the types of a query's columns are called.
-- $1 text[]: the types' oids. One row per given oid, in their order.
SELECT format_type(given.oid::oid, NULL) AS name
FROM unnest($1::text[]) WITH ORDINALITY AS given (oid, position)
ORDER BY given.position;

-- name: find_readable_tables
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
LIMIT $1::text::integer;

-- name: find_large_tables
-- Which of these tables are large, by the planner's own estimate; a table that was never analysed counts as small.
-- $1 text[], $2 text[]: schema and name of each table. $3 text: how many rows are many.
-- One row per large table.
SELECT namespace.nspname || '.' || class.relname AS name
FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[])) AS given (schema_name, table_name)
JOIN pg_namespace AS namespace ON namespace.nspname = given.schema_name
JOIN pg_class AS class ON class.relnamespace = namespace.oid AND class.relname = given.table_name
WHERE class.reltuples > $3::text::real
ORDER BY name;

-- name: find_tables_that_hide
-- Tables with row level security, of those given, those they are parts of, or of that name, of which no policy lets our role see every row.
-- $1 text[], $2 text[]: schema and name of each table. $3 text: the name of one more, in any schema. One row per table.
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
ORDER BY name;

-- name: refuse_policies
-- For the rest of this transaction the server refuses a query to which policies of row level security apply, instead of leaving
-- rows out. One row.
SELECT set_config('row_security', 'off', true) AS row_security;

-- name: find_landing_schemas
-- The schemas into which runs have landed CSV files.
-- One row per schema.
SELECT nspname AS name
FROM pg_namespace
WHERE nspname LIKE 'redox\_reconcile\_landing\_%'
ORDER BY nspname;

-- name: set_landing_path
-- For the rest of this transaction an unqualified name is one in the landing schema.
-- $1 text: the schema's name, of lower-case letters, digits and underscores only. One row.
SELECT set_config('search_path', $1::text, true) AS search_path;

-- name: read_landing_columns
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
ORDER BY class.relname, attribute.attnum;

-- name: find_landing_constraints
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
ORDER BY class.relname;
