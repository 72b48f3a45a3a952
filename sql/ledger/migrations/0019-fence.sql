-- What keeps a run that was paused, or whose connection to the ledger was lost, from overwriting what a later run has sent: see
-- "Why it is safe" in ARCHITECTURE.md.

ALTER TABLE run ADD COLUMN call_timeout_ms integer;
COMMENT ON COLUMN run.call_timeout_ms IS 'CALL_TIMEOUT when it ran: no POST of this run takes longer. Null where the run sends nothing.';

ALTER TABLE call ADD COLUMN last_try_at timestamptz;
COMMENT ON COLUMN call.last_try_at IS 'When its last try was said to begin, by the ledger''s clock: the POST begins within two seconds of it.';

CREATE TABLE in_flight (
  entity text NOT NULL CHECK (entity IN ('patient', 'encounter')),
  entity_id text COLLATE "C" NOT NULL,
  ends_at timestamptz NOT NULL,
  PRIMARY KEY (entity, entity_id)
);
COMMENT ON TABLE in_flight IS 'One row per patient or visit of which a run that died may still have a POST under way: calls of these persons wait for its end.';
COMMENT ON COLUMN in_flight.entity IS 'patient or encounter.';
COMMENT ON COLUMN in_flight.entity_id IS 'Its key in the EHR.';
COMMENT ON COLUMN in_flight.ends_at IS 'When the last such POST is over at the latest, by the ledger''s clock. A later start forgets it.';

-- A process that stands still between its last look at the clock and the write of a message cannot be kept from writing it later.
-- So whatever a start found in flight is sent once more by a run after the one that got a certain answer.
ALTER TABLE patient ADD COLUMN resent_after integer;
ALTER TABLE encounter ADD COLUMN resent_after integer;
CREATE INDEX patient_resent_after ON patient (patient_id) WHERE resent_after IS NOT NULL;
CREATE INDEX encounter_resent_after ON encounter (encounter_id) WHERE resent_after IS NOT NULL;
COMMENT ON COLUMN patient.resent_after IS 'A start found a call of this row in flight, so an old message may still arrive. 0: no certain answer came since; else the run_number of the run that got one: a later run sends the row once more. Null: nothing of the kind.';
COMMENT ON COLUMN encounter.resent_after IS 'A start found a call of this row in flight, so an old message may still arrive. 0: no certain answer came since; else the run_number of the run that got one: a later run sends the row once more. Null: nothing of the kind.';

COMMENT ON COLUMN call.reason IS 'Why it is in this state, from a closed list; null where the state says all. Of a planned or accepted call sent_again: a call of an earlier run was found in flight.';
