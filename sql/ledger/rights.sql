-- Who may do what in the ledger. A role need not own the ledger in order to work with it; to migrate it must.

-- name: find_owner
-- Who we are, where, and who owns the ledger. Takes no parameters. One row; `owner` is null where there is no ledger yet.
SELECT
  current_user::text AS role,
  current_database()::text AS database,
  (SELECT pg_get_userbyid(c.relowner)::text
   FROM pg_class AS c
   JOIN pg_namespace AS n ON n.oid = c.relnamespace
   WHERE n.nspname = 'redox_reconcile' AND c.relname = 'migration') AS owner;

-- name: grant_to_role
-- What lets a role work with a ledger that another role owns. It is advised to people, and not run. {role}: the role, quoted.
GRANT USAGE, CREATE ON SCHEMA redox_reconcile, redox_reconcile_sweep TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA redox_reconcile, redox_reconcile_sweep TO {role};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA redox_reconcile, redox_reconcile_sweep TO {role};
