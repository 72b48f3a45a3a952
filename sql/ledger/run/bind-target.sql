-- Binds the ledger to a target. $1: its identity. Gives nothing.
INSERT INTO target (identity) VALUES ($1)
ON CONFLICT (only_row) DO UPDATE SET identity = excluded.identity, bound_at = now()
