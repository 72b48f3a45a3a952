-- What a damaged source costs: which lines of which files were left out, which rows could not be read, and what was understood of a row
-- when it was told. Words, counts and bits; no value of a patient's.

ALTER TABLE stage_patient ADD COLUMN fault text COLLATE "C", ADD COLUMN understood smallint, ADD COLUMN unreadable smallint;
ALTER TABLE stage_encounter ADD COLUMN fault text COLLATE "C";
ALTER TABLE stage_merge ADD COLUMN fault text COLLATE "C";
COMMENT ON COLUMN stage_patient.fault IS 'Why the row cannot be used, judged from its own columns: see src/core/row-fault.ts. Null where it can.';
COMMENT ON COLUMN stage_patient.understood IS 'Bits of the columns that were understood: see src/core/understood.ts.';
COMMENT ON COLUMN stage_patient.unreadable IS 'Bits of the columns that were given and not understood.';
COMMENT ON COLUMN stage_encounter.fault IS 'As of a patient''s row.';
COMMENT ON COLUMN stage_merge.fault IS 'As of a patient''s row.';

ALTER TABLE redox_reconcile_sweep.stage_patient
  ADD COLUMN fault text COLLATE "C", ADD COLUMN understood smallint, ADD COLUMN unreadable smallint;
ALTER TABLE redox_reconcile_sweep.stage_encounter ADD COLUMN fault text COLLATE "C";

ALTER TABLE patient ADD COLUMN understood smallint, ADD COLUMN sent_death boolean;
COMMENT ON COLUMN patient.understood IS 'Bits of the columns that were understood when the row was last told: see src/core/understood.ts. Null: not known.';
COMMENT ON COLUMN patient.sent_death IS 'Whether Redox was last told that the patient has died. Null: it was told nothing about that, or nobody knows.';

ALTER TABLE encounter ADD COLUMN section_rows smallint[] CHECK (cardinality(section_rows) = 18);
COMMENT ON COLUMN encounter.section_rows IS 'How many rows each section had when the visit was last told, in the order of src/core/section.ts, 32767 at most; rows that say the same count once. Null: not known.';
ALTER TABLE encounter ADD COLUMN section_digests integer[] CHECK (cardinality(section_digests) = 18);
COMMENT ON COLUMN encounter.section_digests IS 'A keyed digest of the rows that each section had then, in the same order; 0 where it had none. Null: not known.';

CREATE TABLE source_file (
  run_number integer NOT NULL REFERENCES run ON DELETE CASCADE,
  file text COLLATE "C" NOT NULL,
  table_name text COLLATE "C" NOT NULL,
  line_count bigint NOT NULL,
  row_count bigint NOT NULL,
  byte_count bigint NOT NULL,
  modified_at timestamptz NOT NULL,
  damaged_fields bigint NOT NULL,
  age text CHECK (age IN ('too_old', 'older_than_others')),
  PRIMARY KEY (run_number, file)
);
COMMENT ON TABLE source_file IS 'One row per file of an extract that a run read.';
COMMENT ON COLUMN source_file.run_number IS 'The run.';
COMMENT ON COLUMN source_file.file IS 'Name of the file in its folder.';
COMMENT ON COLUMN source_file.table_name IS 'The table as which the contract reads it.';
COMMENT ON COLUMN source_file.line_count IS 'Records in the file, read or left out.';
COMMENT ON COLUMN source_file.row_count IS 'Records that were read.';
COMMENT ON COLUMN source_file.byte_count IS 'Size of the file.';
COMMENT ON COLUMN source_file.modified_at IS 'When the file was last written, by its own clock.';
COMMENT ON COLUMN source_file.damaged_fields IS 'Fields in records that were read whose bytes could not be.';
COMMENT ON COLUMN source_file.age IS 'too_old: older than EXTRACT_MAX_AGE. older_than_others: much older than the newest file beside it. Null: neither.';

CREATE TABLE source_gap (
  run_number integer NOT NULL REFERENCES run ON DELETE CASCADE,
  file text COLLATE "C" NOT NULL,
  reason text COLLATE "C" NOT NULL,
  line_count bigint NOT NULL,
  first_lines bigint[] NOT NULL,
  PRIMARY KEY (run_number, file, reason)
);
COMMENT ON TABLE source_gap IS 'One row per file and reason for which lines were left out.';
COMMENT ON COLUMN source_gap.run_number IS 'The run.';
COMMENT ON COLUMN source_gap.file IS 'Name of the file in its folder.';
COMMENT ON COLUMN source_gap.reason IS 'From a closed list: see reports/README.md.';
COMMENT ON COLUMN source_gap.line_count IS 'How many lines.';
COMMENT ON COLUMN source_gap.first_lines IS 'The first of them, counted from 1 as an editor does.';

COMMENT ON COLUMN redox_reconcile_sweep.stage_patient.fault IS 'Why the row cannot be used, judged from its own columns: see src/core/row-fault.ts. Null where it can.';
COMMENT ON COLUMN redox_reconcile_sweep.stage_patient.understood IS 'Bits of the columns that were understood: see src/core/understood.ts.';
COMMENT ON COLUMN redox_reconcile_sweep.stage_patient.unreadable IS 'Bits of the columns that were given and not understood.';
COMMENT ON COLUMN redox_reconcile_sweep.stage_encounter.fault IS 'As of a patient''s row.';
COMMENT ON COLUMN stage_fault.fault IS 'missing_key, duplicate_key, missing_patient, missing_survivor, unreadable_status, shared_mrn, key_too_long, merge_unread or a fault of the row''s own: see src/core/row-fault.ts.';

ALTER TABLE discrepancy ADD COLUMN similar_id text COLLATE "C";
COMMENT ON COLUMN discrepancy.similar_id IS 'Of a row that is gone, or a visit without a patient: the id of a patient in the EHR that differs only in blanks, case or leading zeros; null where there is none.';

CREATE FUNCTION plain_id(id text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT ltrim(lower(regexp_replace(id, '[\s\u00a0\u200b\u200c\u200d\u2060\ufeff]+', '', 'g')), '0')
$$;
COMMENT ON FUNCTION plain_id(text) IS 'An id without blanks, case and leading zeros: two ids with one plain form may be one id in two spellings. Nothing is ever joined by it.';
