-- The organisation's record in the Carequality directory: what was last registered, and every POST that was made about it. A
-- record is the organisation's own and public there; no patient stands in it.
--
-- Life of its last call:  sending → accepted | rejected | failed | unknown

CREATE TABLE organization (
  oid text COLLATE "C" PRIMARY KEY,
  registered jsonb,
  active boolean,
  registered_at timestamptz,
  is_certain boolean NOT NULL DEFAULT true,
  last_event text NOT NULL CHECK (last_event IN ('New', 'Update')),
  last_state text NOT NULL CHECK (last_state IN ('sending', 'accepted', 'rejected', 'failed', 'unknown')),
  last_reason text,
  last_run integer REFERENCES run ON DELETE SET NULL,
  sending_at timestamptz NOT NULL,
  CHECK ((registered IS NULL) = (active IS NULL)),
  CHECK ((registered IS NULL) = (registered_at IS NULL)),
  CHECK ((last_reason IS NULL) = (last_state IN ('sending', 'accepted'))),
  CHECK (NOT is_certain OR last_state <> 'unknown'),
  CHECK (is_certain OR last_state <> 'accepted'),
  CHECK (registered IS NOT NULL OR last_state <> 'accepted')
);
COMMENT ON TABLE organization IS 'One row per organisation that this ledger''s target was told of, or may have been.';
COMMENT ON COLUMN organization.oid IS 'Its OID: its key in the directory.';
COMMENT ON COLUMN organization.registered IS 'The record that the directory last took, as it was sent, without Active; null where it took none from here.';
COMMENT ON COLUMN organization.active IS 'Active of that record; false: deactivated.';
COMMENT ON COLUMN organization.registered_at IS 'When the directory took it.';
COMMENT ON COLUMN organization.is_certain IS 'False: a call since then had no certain answer, so the directory may hold what that one said instead.';
COMMENT ON COLUMN organization.last_event IS 'Redox''s event type of the last call.';
COMMENT ON COLUMN organization.last_state IS 'What is known of it: see the life of a call in ARCHITECTURE.md.';
COMMENT ON COLUMN organization.last_reason IS 'Why it is in this state, from a closed list; null where the state says all.';
COMMENT ON COLUMN organization.last_run IS 'The run that made it; null once that run was pruned.';
COMMENT ON COLUMN organization.sending_at IS 'When its `sending` was committed: before the first byte left.';

CREATE TABLE organization_attempt (
  run_number integer NOT NULL REFERENCES run ON DELETE CASCADE,
  number smallint NOT NULL CHECK (number > 0),
  oid text COLLATE "C" NOT NULL,
  started_at timestamptz NOT NULL,
  finished_at timestamptz NOT NULL,
  result text NOT NULL CHECK (result IN ('accepted', 'rejected', 'not_taken', 'ambiguous')),
  http_status smallint,
  reason text,
  detail text,
  redox_log_id text,
  PRIMARY KEY (run_number, number)
);
CREATE INDEX organization_attempt_finished_at ON organization_attempt (finished_at);
COMMENT ON TABLE organization_attempt IS 'One row per POST about an organisation; a run makes one such call. Otherwise as the table attempt.';
COMMENT ON COLUMN organization_attempt.run_number IS 'The run that made it.';
COMMENT ON COLUMN organization_attempt.number IS 'Counts from 1 within the run.';
COMMENT ON COLUMN organization_attempt.oid IS 'The organisation.';
COMMENT ON COLUMN organization_attempt.started_at IS 'When it was sent.';
COMMENT ON COLUMN organization_attempt.finished_at IS 'When the answer was read or given up; the rate limit counts from then, also across restarts (decision 17).';
COMMENT ON COLUMN organization_attempt.result IS 'accepted and rejected are certain; not_taken too, and may be tried again; ambiguous: nobody knows.';
COMMENT ON COLUMN organization_attempt.http_status IS 'Null where no answer came.';
COMMENT ON COLUMN organization_attempt.reason IS 'From a closed list, e.g. http_504, timeout, connection_refused.';
COMMENT ON COLUMN organization_attempt.detail IS 'What Redox or the directory said, every string of our own message masked.';
COMMENT ON COLUMN organization_attempt.redox_log_id IS 'Finds the attempt in Redox''s log inspector.';
