-- Notes that an organisation's record is about to be sent. $1: OID. $2: event type. $3: run. $4: when. Gives nothing.
INSERT INTO organization (oid, last_event, last_state, last_run, sending_at)
VALUES ($1, $2, 'sending', $3, $4)
ON CONFLICT (oid) DO UPDATE
SET last_event = excluded.last_event, last_state = 'sending', last_reason = NULL, last_run = excluded.last_run,
  sending_at = excluded.sending_at
