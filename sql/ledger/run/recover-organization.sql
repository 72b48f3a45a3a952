-- Settles what a dead process left in `sending` about organisations: nobody knows whether the directory has it.
-- Takes no parameters. One row per organisation.
UPDATE organization
SET last_state = 'unknown', last_reason = 'interrupted', is_certain = false
WHERE last_state = 'sending'
RETURNING oid
