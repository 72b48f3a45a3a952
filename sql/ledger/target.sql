-- The ledger's target, a Redox environment and destination, and the key of its fingerprints. A new target has received
-- nothing, so everything recorded for the former one is deleted.

-- name: read_data_key
-- The wrapped key of the fingerprints.
-- One row, or none in a new ledger.
SELECT wrapped FROM data_key;

-- name: store_data_key
-- Stores the wrapped key. $1: wrapped.
INSERT INTO data_key (wrapped) VALUES ($1)
ON CONFLICT (only_row) DO UPDATE SET wrapped = excluded.wrapped, wrapped_at = now();

-- name: read_target
-- The target of this ledger.
-- One row, or none.
SELECT identity FROM target;

-- name: close_all_open_calls
-- Closes the calls owed to the former target.
UPDATE call
SET
  is_open = false,
  state = CASE WHEN state = 'planned' THEN 'superseded' ELSE state END,
  reason = CASE WHEN state = 'planned' THEN 'new_target' ELSE reason END,
  finished_at = coalesce(finished_at, now())
WHERE is_open AND state <> 'sending';

-- name: forget_synced
-- Deletes what the former target received; the history of runs stays.
TRUNCATE
  patient, encounter, rejection, ignored, watermark, organization, directory_check, contract_shape, audit_look, audit_finding,
  audit_round;

-- name: forget_waiting
-- Forgets which rows wait for their turn at the former target.
UPDATE run SET waiting = NULL WHERE waiting IS NOT NULL;

-- name: bind_target
-- Binds the ledger to a target. $1: its identity.
INSERT INTO target (identity) VALUES ($1)
ON CONFLICT (only_row) DO UPDATE SET identity = excluded.identity, bound_at = now();
