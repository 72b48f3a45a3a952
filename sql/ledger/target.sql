-- What a ledger belongs to: the Redox environment that it tells of, and the key of its fingerprints. A new target has been sent nothing,
-- so nothing that the former one was sent counts any more.

-- name: read_data_key
-- The wrapped key of the fingerprints. Takes no parameters. One row, or none in a new ledger.
SELECT wrapped FROM data_key;

-- name: store_data_key
-- Keeps the wrapped key. $1: wrapped. Gives nothing.
INSERT INTO data_key (wrapped) VALUES ($1)
ON CONFLICT (only_row) DO UPDATE SET wrapped = excluded.wrapped, wrapped_at = now();

-- name: read_target
-- The target to which this ledger is bound. Takes no parameters. One row, or none.
SELECT identity FROM target;

-- name: close_all_open_calls
-- Closes what was owed to the former target. Takes no parameters. Gives nothing.
UPDATE call
SET
  is_open = false,
  state = CASE WHEN state = 'planned' THEN 'superseded' ELSE state END,
  reason = CASE WHEN state = 'planned' THEN 'new_target' ELSE reason END,
  finished_at = coalesce(finished_at, now())
WHERE is_open AND state <> 'sending';

-- name: forget_synced
-- Forgets what the former target was told: the new one has heard nothing. What runs did is kept. Takes no parameters.
TRUNCATE patient, encounter, rejection, ignored, watermark, organization, contract_shape;

-- name: bind_target
-- Binds the ledger to a target. $1: its identity. Gives nothing.
INSERT INTO target (identity) VALUES ($1)
ON CONFLICT (only_row) DO UPDATE SET identity = excluded.identity, bound_at = now();
