-- The organisation's record in the Carequality directory: what is known of it, that it is being sent, and what became of it.

-- name: read_organizations
-- What is known of organisations in the directory. $1: an OID, or null for all. One row per organisation.
SELECT o.oid, o.registered, o.active, o.registered_at, o.is_certain, o.last_event, o.last_state, o.last_reason, o.sending_at, r.run_id
FROM organization o
LEFT JOIN run r ON r.run_number = o.last_run
WHERE $1::text IS NULL OR o.oid = $1
ORDER BY o.oid;

-- name: mark_organization_sending
-- Notes that an organisation's record is about to be sent. $1: OID. $2: event type. $3: run. $4: when. Gives nothing.
INSERT INTO organization (oid, last_event, last_state, last_run, sending_at)
VALUES ($1, $2, 'sending', $3, $4)
ON CONFLICT (oid) DO UPDATE
SET last_event = excluded.last_event, last_state = 'sending', last_reason = NULL, last_run = excluded.last_run,
  sending_at = excluded.sending_at;

-- name: record_organization_outcome
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
RETURNING oid;

-- name: keep_organization_attempts
-- Keeps the POSTs of a run's call about an organisation. $1: run. $2: OID. $3: the attempts as JSON. Gives nothing.
INSERT INTO organization_attempt
  (run_number, oid, number, started_at, finished_at, result, http_status, reason, detail, redox_log_id)
SELECT $1, $2, number, started_at, finished_at, result, http_status, reason, detail, redox_log_id
FROM jsonb_to_recordset($3::jsonb) AS a (
  number smallint, started_at timestamptz, finished_at timestamptz, result text, http_status smallint, reason text,
  detail text, redox_log_id text
);

-- name: forget_organization
-- Forgets what was registered of an organisation, because the directory says that it does not know it. $1: OID. Gives nothing.
UPDATE organization SET registered = NULL, active = NULL, registered_at = NULL, is_certain = true WHERE oid = $1;
