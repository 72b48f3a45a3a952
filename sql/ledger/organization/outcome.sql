-- Notes what became of the record that is being sent. Only an accepted one changes what is registered, and makes it certain; an
-- unknown one makes it uncertain; one that was certainly not taken leaves both as they were.
-- $1: OID. $2: state. $3: reason, or null. $4: the record sent, without Active. $5: its Active. $6: when.
-- One row where the call was in `sending`, as it must be.
UPDATE organization
SET
  last_state = $2,
  last_reason = $3,
  registered = CASE WHEN $2 = 'accepted' THEN $4::jsonb ELSE registered END,
  active = CASE WHEN $2 = 'accepted' THEN $5::boolean ELSE active END,
  registered_at = CASE WHEN $2 = 'accepted' THEN $6::timestamptz ELSE registered_at END,
  is_certain = $2 = 'accepted' OR (is_certain AND $2 <> 'unknown')
WHERE oid = $1 AND last_state = 'sending'
RETURNING oid
