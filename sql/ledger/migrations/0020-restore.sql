-- A ledger that was restored, or that failed over and lost commits, knows less than Redox was sent. How far it had come is kept outside it
-- too, so that a job notices; `--after-restore` then finds the rows in doubt.

CREATE TABLE ledger_identity (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  ledger_id uuid NOT NULL DEFAULT md5(random()::text || clock_timestamp()::text || pg_backend_pid()::text)::uuid
);
COMMENT ON TABLE ledger_identity IS 'Names this ledger, wherever its database is moved or copied to. One row, once there was a run: copies of an empty ledger are ledgers of their own.';
COMMENT ON COLUMN ledger_identity.only_row IS 'Always true: there is one row.';
COMMENT ON COLUMN ledger_identity.ledger_id IS 'The name, as the file in REPORT_DIR has it that says how far this ledger has come.';

-- Not a counter in one row: while a backup reads, Postgres would keep every version of that row, and look at them all in each update.
CREATE TABLE ledger_commit (
  number bigint PRIMARY KEY
);
COMMENT ON TABLE ledger_commit IS 'One row per commit of the newest run, and the last one of the runs before. REPORT_DIR keeps the last number too, and a job refuses a ledger that is behind it.';
COMMENT ON COLUMN ledger_commit.number IS 'Counts, over all runs, the commits that say what is sent or what became of it, and the first and the last of each run.';

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
