-- The rights of roles in the ledger. A role can work with a ledger that another role owns; only the owner can migrate it.

-- name: find_owner
-- The session's role and database, and the ledger's owner.
-- One row; `owner` is null without a ledger.
SELECT
  current_user::text AS role,
  current_database()::text AS database,
  (SELECT pg_get_userbyid(c.relowner)::text
   FROM pg_class AS c
   JOIN pg_namespace AS n ON n.oid = c.relnamespace
   WHERE n.nspname = 'redox_reconcile' AND c.relname = 'migration') AS owner;

-- name: grant_to_role
-- The grants with which a role can work with another role's ledger. Printed as advice, never executed. {role}: the role,
-- quoted.
GRANT USAGE, CREATE ON SCHEMA redox_reconcile, redox_reconcile_sweep TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA redox_reconcile, redox_reconcile_sweep TO {role};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA redox_reconcile, redox_reconcile_sweep TO {role};
