-- Plans the ledger's statements as Postgres comes, whatever the role or the database has switched off for other programs: the join of the
-- stage with the ledger takes hours without the right kind of join. What things cost stays as the server has it. Takes no parameters. One row
-- per setting that was changed.
SELECT name, set_config(name, boot_val, false) AS is
FROM pg_settings
WHERE setting IS DISTINCT FROM boot_val
  AND context = 'user'
  AND (name LIKE 'enable\_%'
       OR name LIKE 'geqo%'
       OR name IN ('constraint_exclusion', 'cursor_tuple_fraction', 'from_collapse_limit', 'join_collapse_limit', 'recursive_worktable_factor'))
