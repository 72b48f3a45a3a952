-- What we ask of an EHR's MySQL or MariaDB beside the site's own queries. Every column is text. Both servers take all of it.

-- name: find_mysql_tables
-- The tables and views of the URL's database that our account can read, by name. Takes no parameters. One row per table or view.
SELECT CONVERT(table_name USING utf8mb4) AS name
FROM information_schema.tables
WHERE table_schema = DATABASE()
ORDER BY 1;

-- name: describe_mysql_server
-- The account as the server knows it, and whether the server itself takes no writes. Takes no parameters. One row.
SELECT CONVERT(CURRENT_USER() USING utf8mb4) AS account,
       CAST(@@GLOBAL.read_only AS CHAR) AS is_read_only,
       CONVERT(COALESCE(DATABASE(), '') USING utf8mb4) AS name;

-- name: describe_mysql_tables
-- Every table that our account sees: whether a snapshot covers it (InnoDB alone), and about how many rows it has.
-- Takes no parameters. One row per table; a view has no engine.
SELECT CONVERT(table_schema USING utf8mb4) AS schema_name,
       CONVERT(table_name USING utf8mb4) AS name,
       CONVERT(engine USING utf8mb4) AS engine,
       CAST(COALESCE(table_rows, 0) AS CHAR) AS estimated_rows
FROM information_schema.tables
WHERE table_schema NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')
ORDER BY table_schema, table_name;

-- name: find_mysql_rights
-- What our account may do beyond reading, by privilege and place. Takes no parameters. One row per right.
SELECT CONVERT(given.privilege_type USING utf8mb4) AS privilege,
       CONVERT(given.place USING utf8mb4) AS place
FROM (
  SELECT grantee, privilege_type, '*.*' AS place FROM information_schema.user_privileges
  UNION
  SELECT grantee, privilege_type, CONCAT(table_schema, '.*') FROM information_schema.schema_privileges
  UNION
  SELECT grantee, privilege_type, CONCAT(table_schema, '.', table_name) FROM information_schema.table_privileges
) AS given
-- Who may see the rights of others sees them here, too.
WHERE given.grantee = CONCAT('''', REPLACE(CURRENT_USER(), '@', '''@'''), '''')
  AND given.privilege_type NOT IN ('SELECT', 'USAGE', 'SHOW VIEW', 'SHOW DATABASES', 'PROCESS', 'REPLICATION CLIENT', 'BINLOG MONITOR', 'SLAVE MONITOR', 'EXECUTE')
ORDER BY 2, 1;
