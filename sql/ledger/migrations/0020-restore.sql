-- A ledger that was restored, or that failed over and lost commits, knows less than Redox was sent. How far it had come is kept outside it
-- too, so that a job notices; `--after-restore` then finds the rows in doubt.

CREATE TABLE ledger_position (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  ledger_id uuid NOT NULL DEFAULT md5(random()::text || clock_timestamp()::text || pg_backend_pid()::text)::uuid,
  commits bigint NOT NULL DEFAULT 0 CHECK (commits >= 0)
);
INSERT INTO ledger_position DEFAULT VALUES;
COMMENT ON TABLE ledger_position IS 'How far this ledger has come. One row; REPORT_DIR keeps a copy, and a job refuses a ledger that is behind the copy.';
COMMENT ON COLUMN ledger_position.only_row IS 'Always true: there is one row.';
COMMENT ON COLUMN ledger_position.ledger_id IS 'Names this ledger, wherever its database is moved or copied to.';
COMMENT ON COLUMN ledger_position.commits IS 'Commits of runs so far: each that says what is sent or what became of it, and each run''s first and last.';

CREATE UNLOGGED TABLE stage_lost_call (
  entity text NOT NULL CHECK (entity IN ('patient', 'merge', 'encounter')),
  entity_id text COLLATE "C" NOT NULL,
  patient_id text COLLATE "C" NOT NULL
);
COMMENT ON TABLE stage_lost_call IS 'One row per call in calls.csv of a run that the ledger does not know, or does not know the end of.';
COMMENT ON COLUMN stage_lost_call.entity IS 'patient, merge or encounter.';
COMMENT ON COLUMN stage_lost_call.entity_id IS 'Its key in the EHR; of a merge the retired patient.';
COMMENT ON COLUMN stage_lost_call.patient_id IS 'The patient whom it concerned; of a merge the survivor.';

CREATE UNLOGGED TABLE stage_doubtful (
  patient_id text COLLATE "C" PRIMARY KEY
);
COMMENT ON TABLE stage_doubtful IS 'One row per patient of whom Redox may have been sent more than the ledger knows.';
COMMENT ON COLUMN stage_doubtful.patient_id IS 'Key in the EHR.';

-- Versions follow the clock, and gaps between them mean nothing.
COMMENT ON COLUMN encounter.document_version IS 'VersionNumber of the push that was sent last, committed with `sending`: the greater of the one before plus one and the whole seconds since 2020-01-01 by the ledger''s clock. No number is used for two contents.';
