-- The organisation's record in the Carequality directory: the last known state, the call in flight, its outcome, and checks.

-- name: read_organizations
-- The known state of organisations in the directory. $1: an OID, or null for all.
-- One row per organisation.
SELECT o.oid, o.registered, o.active, o.registered_at, o.is_certain, o.last_event, o.last_state, o.last_reason, o.sending_at, r.run_id
FROM organization o
LEFT JOIN run r ON r.run_number = o.last_run
WHERE $1::text IS NULL OR o.oid = $1
ORDER BY o.oid;

-- name: mark_organization_sending
-- Records, before a byte leaves, that an organisation's record is being sent. $1: OID. $2: event type. $3: run. $4: time.
INSERT INTO organization (oid, last_event, last_state, last_run, sending_at)
VALUES ($1, $2, 'sending', $3, $4)
ON CONFLICT (oid) DO UPDATE
SET last_event = excluded.last_event, last_state = 'sending', last_reason = NULL, last_run = excluded.last_run,
  sending_at = excluded.sending_at;

-- name: record_organization_outcome
-- Records the outcome of the record in `sending`. An accepted one becomes the registered state and makes it certain; an
-- unknown one makes it uncertain; one that was certainly not taken changes neither.
-- $1: OID. $2: state. $3: reason, or null. $4: the record sent, without Active. $5: its Active. $6: time.
-- One row, or none if no call was in `sending`, which is a bug.
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
-- Stores the POSTs of a run's organisation call. $1: run. $2: OID. $3: the attempts as JSON.
INSERT INTO organization_attempt
  (run_number, oid, number, started_at, finished_at, result, http_status, reason, detail, redox_log_id)
SELECT $1, $2, number, started_at, finished_at, result, http_status, reason, detail, redox_log_id
FROM jsonb_populate_recordset(NULL::organization_attempt, $3::jsonb);

-- name: forget_organization
-- Clears the registered state of an organisation that the directory does not have. $1: OID.
UPDATE organization SET registered = NULL, active = NULL, registered_at = NULL, is_certain = true WHERE oid = $1;

-- name: read_last_directory_check
-- The last check of an organisation in the directory. $1: OID.
-- One row, or none: the result, and the hours since.
SELECT result, extract(epoch FROM now() - checked_at)::double precision / 3600 AS age_hours
FROM directory_check
WHERE oid = $1
ORDER BY run_number DESC
LIMIT 1;

-- name: record_directory_check
-- Records a run's check. $1: run. $2: OID. $3: result. $4: the fields that differ.
INSERT INTO directory_check (run_number, oid, result, fields, since)
SELECT
  $1, $2, $3, $4::text[],
  coalesce(
    (
      SELECT CASE WHEN c.result = $3 THEN c.since END
      FROM directory_check c
      WHERE c.oid = $2
      ORDER BY c.run_number DESC
      LIMIT 1
    ),
    now()
  );
