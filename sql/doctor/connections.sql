-- How many connections our role, the database and the server may have (-1: no limit), and how many they have at this moment, this
-- one among them. Takes no parameters. One row.
WITH activity AS MATERIALIZED (
  -- Only sessions of programs: of the server's own processes none has a database.
  SELECT usename, datname FROM pg_stat_activity WHERE datname IS NOT NULL
)
SELECT current_user AS role,
       current_database() AS database,
       -- A superuser is under neither limit.
       CASE WHEN role.rolsuper THEN -1 ELSE role.rolconnlimit END AS role_limit,
       (SELECT count(*) FROM activity WHERE usename = current_user) AS role_used,
       CASE WHEN role.rolsuper THEN -1 ELSE database.datconnlimit END AS database_limit,
       (SELECT count(*) FROM activity WHERE datname = current_database()) AS database_used,
       current_setting('max_connections')::integer
         - CASE WHEN role.rolsuper THEN 0 ELSE current_setting('superuser_reserved_connections')::integer
           + coalesce(current_setting('reserved_connections', true), '0')::integer END AS server_limit,
       (SELECT count(*) FROM activity) AS server_used
FROM pg_roles AS role, pg_database AS database
WHERE role.rolname = current_user AND database.datname = current_database()
