-- What every ledger begins with: its schema, and the list of its migrations. Safe to repeat.
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
