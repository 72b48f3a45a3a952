-- Settings that stand in our session although somebody has changed them: those set for our role or this database, and a few that the
-- server may have and no role may set. What we pin ourselves is none of them. Takes no parameters. One row per setting.
SELECT setting.name,
       current_setting(setting.name) AS value,
       coalesce(given.whose, 'the server') AS whose
FROM pg_settings AS setting
LEFT JOIN LATERAL (
  SELECT CASE WHEN setrole <> 0 THEN 'the role' ELSE 'the database' END AS whose
  FROM pg_db_role_setting, unnest(setconfig) AS entry
  WHERE lower(split_part(entry, '=', 1)) = lower(setting.name)
    AND setrole IN (0, (SELECT oid FROM pg_roles WHERE rolname = session_user))
    AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
  -- The narrowest of them counts.
  ORDER BY setrole <> 0 DESC, setdatabase <> 0 DESC
  LIMIT 1
) AS given ON true
WHERE setting.source <> 'session'
  AND (given.whose IS NOT NULL
       OR (setting.name IN ('temp_file_limit', 'zero_damaged_pages', 'ignore_checksum_failure', 'row_security')
           AND setting.setting IS DISTINCT FROM setting.boot_val))
ORDER BY setting.name
