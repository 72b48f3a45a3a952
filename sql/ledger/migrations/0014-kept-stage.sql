-- The stage of sweeps is kept from one to the next, in chunks: what streams through again as it was is neither written nor compared
-- again. Sweeps look for the stage in a schema of their own first, so a narrower run in between has its own and leaves theirs alone.
--
-- A chunk is a stretch of a scan, known again by a keyed digest of its bytes. It is compared once its rows were compared with the
-- ledger, and as long as nothing that the comparison looked at has changed:
--
--   staged ──▶ compared        each plan settles what is not
--   compared ──▶ staged        a row of the ledger was written (dirty_row), a merge is another, one of its rows cannot be used
--
-- All of it is unlogged, also what unsettles: after a crash of Postgres everything here is gone together, and the next sweep stages
-- and compares every row.

-- That of a former ledger in this database says nothing of this one.
DROP SCHEMA IF EXISTS redox_reconcile_sweep CASCADE;
CREATE SCHEMA redox_reconcile_sweep;
COMMENT ON SCHEMA redox_reconcile_sweep IS 'The stage of sweeps, kept from one to the next.';

ALTER TABLE stage_patient ADD COLUMN chunk_id bigint NOT NULL DEFAULT 0;
ALTER TABLE stage_encounter ADD COLUMN chunk_id bigint NOT NULL DEFAULT 1;
COMMENT ON COLUMN stage_patient.chunk_id IS 'The chunk in which it was scanned; 0 outside of sweeps.';
COMMENT ON COLUMN stage_encounter.chunk_id IS 'The chunk in which it was scanned; 1 outside of sweeps.';

CREATE UNLOGGED TABLE stage_chunk (
  chunk_id bigint PRIMARY KEY,
  entity text COLLATE "C" NOT NULL CHECK (entity IN ('patient', 'encounter')),
  digest uuid,
  row_count integer NOT NULL,
  unchanged integer,
  not_due integer,
  known integer,
  is_clean boolean GENERATED ALWAYS AS (coalesce(unchanged + not_due = row_count, false)) STORED,
  CHECK ((unchanged IS NULL) = (not_due IS NULL) AND (unchanged IS NULL) = (known IS NULL))
);
COMMENT ON TABLE stage_chunk IS 'One row per chunk of staged rows.';
COMMENT ON COLUMN stage_chunk.chunk_id IS 'Key. Of a sweep''s chunk never used twice.';
COMMENT ON COLUMN stage_chunk.entity IS 'Whose rows they are.';
COMMENT ON COLUMN stage_chunk.digest IS 'Of the scanned bytes: 128 bits of a keyed SHA-256. Null where a row was taken out since, so that the chunk is staged anew.';
COMMENT ON COLUMN stage_chunk.row_count IS 'How many rows are staged.';
COMMENT ON COLUMN stage_chunk.unchanged IS 'How many of them are told as they are; null where the chunk is not compared.';
COMMENT ON COLUMN stage_chunk.not_due IS 'Likewise, how many need nothing (unfinished and never told, or retired).';
COMMENT ON COLUMN stage_chunk.known IS 'Likewise, how many are rows of the ledger.';
COMMENT ON COLUMN stage_chunk.is_clean IS 'True where the chunk is compared and all its rows need nothing.';

CREATE UNLOGGED TABLE redox_reconcile_sweep.stage_patient (LIKE stage_patient INCLUDING ALL);
CREATE UNLOGGED TABLE redox_reconcile_sweep.stage_encounter (LIKE stage_encounter INCLUDING ALL);
CREATE UNLOGGED TABLE redox_reconcile_sweep.stage_chunk (LIKE stage_chunk INCLUDING ALL);
CREATE INDEX ON redox_reconcile_sweep.stage_patient (chunk_id);
-- Whose MRN it is, is asked of each merge and each MRN that changed. A hash, for an MRN may be too long for any other index.
CREATE INDEX ON redox_reconcile_sweep.stage_patient USING hash (coalesce(mrn, entity_id));
CREATE INDEX ON redox_reconcile_sweep.stage_encounter (chunk_id);
COMMENT ON TABLE redox_reconcile_sweep.stage_patient IS 'One row per patient row that the last sweep scanned.';
COMMENT ON TABLE redox_reconcile_sweep.stage_encounter IS 'One row per visit row that the last sweep scanned.';
COMMENT ON TABLE redox_reconcile_sweep.stage_chunk IS 'One row per chunk of the last sweep.';

-- Few have any, and whoever looks for theirs needs none of the others.
CREATE INDEX patient_former_mrns ON patient (patient_id) WHERE former_mrns <> '{}';

CREATE SEQUENCE redox_reconcile_sweep.chunk_batch;
COMMENT ON SEQUENCE redox_reconcile_sweep.chunk_batch IS 'Numbers the scans of sweeps: the upper half of their chunks'' keys.';

CREATE UNLOGGED TABLE redox_reconcile_sweep.compared (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  builder_version integer NOT NULL,
  since timestamptz NOT NULL,
  run_id text COLLATE "C" NOT NULL
);
COMMENT ON TABLE redox_reconcile_sweep.compared IS 'How chunks were compared. One row, once a sweep has compared any.';
COMMENT ON COLUMN redox_reconcile_sweep.compared.only_row IS 'Always true: a chunk that was compared otherwise is compared no more.';
COMMENT ON COLUMN redox_reconcile_sweep.compared.builder_version IS 'Version of the message builder with which the rows were compared.';
COMMENT ON COLUMN redox_reconcile_sweep.compared.since IS 'Since when chunks are compared: every row was compared then or later.';
COMMENT ON COLUMN redox_reconcile_sweep.compared.run_id IS 'The last run that compared chunks. A ledger that does not know it was restored from before.';

CREATE UNLOGGED TABLE redox_reconcile_sweep.compared_retired (
  patient_id text COLLATE "C" PRIMARY KEY,
  survivor_id text COLLATE "C"
);
COMMENT ON TABLE redox_reconcile_sweep.compared_retired IS 'One row per patient who was retired when the chunks were compared.';
COMMENT ON COLUMN redox_reconcile_sweep.compared_retired.patient_id IS 'The retired patient.';
COMMENT ON COLUMN redox_reconcile_sweep.compared_retired.survivor_id IS 'The final survivor; null where there was none.';

CREATE UNLOGGED TABLE redox_reconcile_sweep.dirty_row (
  entity text COLLATE "C" NOT NULL CHECK (entity IN ('patient', 'encounter')),
  entity_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (entity, entity_id)
);
COMMENT ON TABLE redox_reconcile_sweep.dirty_row IS 'One row per row of the ledger that was written since the chunks were compared.';
COMMENT ON COLUMN redox_reconcile_sweep.dirty_row.entity IS 'patient or encounter.';
COMMENT ON COLUMN redox_reconcile_sweep.dirty_row.entity_id IS 'Its key; empty for all rows of the entity.';

-- Whoever writes a row of the ledger has it looked at again, whatever the statement. Very many rows are noted as all of them. A key
-- that was changed leaves its former one to be looked at, too.
CREATE FUNCTION note_dirty() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  -- A truncated table has no transition table, so each statement that reads one stands where there is one.
  IF TG_OP = 'TRUNCATE' THEN
    INSERT INTO redox_reconcile_sweep.dirty_row (entity, entity_id) VALUES (TG_TABLE_NAME, '') ON CONFLICT DO NOTHING;
  ELSIF (SELECT count(*) FROM (SELECT FROM written LIMIT 20001) AS first) > 20000 THEN
    INSERT INTO redox_reconcile_sweep.dirty_row (entity, entity_id) VALUES (TG_TABLE_NAME, '') ON CONFLICT DO NOTHING;
  ELSIF TG_TABLE_NAME = 'patient' THEN
    INSERT INTO redox_reconcile_sweep.dirty_row (entity, entity_id) SELECT 'patient', patient_id FROM written ON CONFLICT DO NOTHING;
  ELSE
    INSERT INTO redox_reconcile_sweep.dirty_row (entity, entity_id) SELECT 'encounter', encounter_id FROM written ON CONFLICT DO NOTHING;
  END IF;
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'patient' THEN
    INSERT INTO redox_reconcile_sweep.dirty_row (entity, entity_id) SELECT 'patient', patient_id FROM former ON CONFLICT DO NOTHING;
  ELSIF TG_OP = 'UPDATE' THEN
    INSERT INTO redox_reconcile_sweep.dirty_row (entity, entity_id) SELECT 'encounter', encounter_id FROM former ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END
$$;
COMMENT ON FUNCTION note_dirty() IS 'Notes which rows of the ledger a statement has written, for the next sweep.';

CREATE TRIGGER note_inserted AFTER INSERT ON patient REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION note_dirty();
CREATE TRIGGER note_updated AFTER UPDATE ON patient REFERENCING OLD TABLE AS former NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION note_dirty();
CREATE TRIGGER note_deleted AFTER DELETE ON patient REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION note_dirty();
CREATE TRIGGER note_truncated AFTER TRUNCATE ON patient FOR EACH STATEMENT EXECUTE FUNCTION note_dirty();
CREATE TRIGGER note_inserted AFTER INSERT ON encounter REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION note_dirty();
CREATE TRIGGER note_updated AFTER UPDATE ON encounter REFERENCING OLD TABLE AS former NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION note_dirty();
CREATE TRIGGER note_deleted AFTER DELETE ON encounter REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION note_dirty();
CREATE TRIGGER note_truncated AFTER TRUNCATE ON encounter FOR EACH STATEMENT EXECUTE FUNCTION note_dirty();
