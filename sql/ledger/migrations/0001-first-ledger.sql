-- The ledger: what Redox was last told, what is certain of it, and what every run did.
--
-- It holds ids, states and keyed fingerprints, and no patient data (design decision 1). Ids compare byte by byte (collation
-- "C"), so that two ids which differ only in case or normal form stay two ids. A fingerprint is 128 bits of a keyed SHA-256,
-- kept in the 16-byte type that Postgres has: uuid.
--
-- Life of a call:  planned → sending → accepted | rejected | failed | unknown
--                  planned → unneeded | superseded | blocked
--                  sending → planned, where a stop came before the first byte left

CREATE TABLE data_key (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  wrapped bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  wrapped_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE data_key IS 'The random key of all fingerprints, wrapped by LEDGER_KEY. One row.';
COMMENT ON COLUMN data_key.only_row IS 'Always true: there is one key.';
COMMENT ON COLUMN data_key.wrapped IS 'AES-256-GCM: 12 bytes nonce, 16 bytes tag, ciphertext. A wrong LEDGER_KEY fails the tag.';
COMMENT ON COLUMN data_key.created_at IS 'When the key was made.';
COMMENT ON COLUMN data_key.wrapped_at IS 'When it was last wrapped: the last rotation of LEDGER_KEY.';

CREATE TABLE target (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  identity jsonb NOT NULL,
  bound_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE target IS 'The one Redox target that this ledger speaks of (decision 4). One row.';
COMMENT ON COLUMN target.only_row IS 'Always true: a ledger has one target.';
COMMENT ON COLUMN target.identity IS 'Environment, base URL, source, destination and OIDs, as configured when the ledger was bound.';
COMMENT ON COLUMN target.bound_at IS 'When the ledger was bound to it.';

CREATE TABLE run (
  run_number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id text COLLATE "C" NOT NULL UNIQUE,
  job text NOT NULL,
  mode text NOT NULL CHECK (mode IN ('sweep', 'changes', 'window', 'only', 'open', 'none')),
  plan_only boolean NOT NULL,
  options jsonb NOT NULL,
  status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'done', 'stopped', 'refused', 'failed', 'interrupted')),
  exit_code smallint,
  failure text,
  host text NOT NULL,
  process_id integer NOT NULL,
  program_version text NOT NULL,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  watermark_from timestamptz,
  watermark_to timestamptz,
  counts jsonb,
  CHECK ((status IN ('running', 'interrupted')) = (exit_code IS NULL)),
  CHECK (finished_at IS NOT NULL OR status = 'running')
);
COMMENT ON TABLE run IS 'One row per start of a job that takes the lock.';
COMMENT ON COLUMN run.run_number IS 'Short key, for the tables below.';
COMMENT ON COLUMN run.run_id IS 'The name people see: UTC start time, job, and four random hex digits.';
COMMENT ON COLUMN run.job IS 'nightly, intraday, rerun, resend, baseline …';
COMMENT ON COLUMN run.mode IS 'How rows were found: sweep (all), changes (since the watermark), window (rerun of a range), only (a list), open (what is open), none.';
COMMENT ON COLUMN run.plan_only IS 'True: the plan was stored and nothing was sent.';
COMMENT ON COLUMN run.options IS 'What was asked for on the command line: flags, dates, counts. Never an id list.';
COMMENT ON COLUMN run.status IS 'running; done; stopped (signal, --until, --max-calls); refused; failed; interrupted (died, found by a later start).';
COMMENT ON COLUMN run.exit_code IS 'As promised in the README; null while running and where the process died.';
COMMENT ON COLUMN run.failure IS 'The sentence that was printed, where the run did not end well.';
COMMENT ON COLUMN run.host IS 'Machine on which it ran.';
COMMENT ON COLUMN run.process_id IS 'Process there.';
COMMENT ON COLUMN run.program_version IS 'Version of redox-reconcile.';
COMMENT ON COLUMN run.started_at IS 'Start, by the clock of the job''s machine.';
COMMENT ON COLUMN run.finished_at IS 'End, likewise; for an interrupted run, when that was noticed.';
COMMENT ON COLUMN run.watermark_from IS 'Where the watermark stood at the start; null where there was none.';
COMMENT ON COLUMN run.watermark_to IS 'Where this run moved it; null where it did not.';
COMMENT ON COLUMN run.counts IS 'Rows by entity and class, as planned. Calls are counted from the calls themselves.';

CREATE TABLE watermark (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  through timestamptz NOT NULL,
  run_number integer NOT NULL REFERENCES run
);
COMMENT ON TABLE watermark IS 'How far updated_at has been read (decision 12). One row, once a run has moved it.';
COMMENT ON COLUMN watermark.only_row IS 'Always true: all entities are read in one snapshot, so they share one watermark.';
COMMENT ON COLUMN watermark.through IS 'The source''s own clock at the snapshot, less the overlap: `changes` reads from here on.';
COMMENT ON COLUMN watermark.run_number IS 'The run that moved it.';

CREATE TABLE patient (
  patient_id text COLLATE "C" PRIMARY KEY,
  presence text NOT NULL CHECK (presence IN ('uncertain', 'present', 'merge_uncertain', 'merged')),
  mrn text COLLATE "C" NOT NULL,
  former_mrns text[] COLLATE "C" NOT NULL DEFAULT '{}',
  merged_into text COLLATE "C",
  sent_into text COLLATE "C",
  row_fingerprint uuid,
  message_fingerprint uuid,
  group_fingerprints bytea CHECK (octet_length(group_fingerprints) = 56),
  builder_version integer,
  synced_at timestamptz,
  CHECK ((merged_into IS NOT NULL) = (presence IN ('merge_uncertain', 'merged'))),
  CHECK ((merged_into IS NOT NULL) = (sent_into IS NOT NULL)),
  CHECK (row_fingerprint IS NULL OR (presence = 'present' AND builder_version IS NOT NULL AND synced_at IS NOT NULL)),
  CHECK (message_fingerprint IS NULL OR row_fingerprint IS NOT NULL),
  CHECK ((group_fingerprints IS NULL) = (message_fingerprint IS NULL))
);
CREATE INDEX patient_mrn ON patient (mrn);
CREATE INDEX patient_merged_into ON patient (merged_into) WHERE merged_into IS NOT NULL;
COMMENT ON TABLE patient IS 'One row per patient that Redox holds, may hold, or held until a merge.';
COMMENT ON COLUMN patient.patient_id IS 'Key in the EHR.';
COMMENT ON COLUMN patient.presence IS 'uncertain: a NewPatient has no certain answer · held: Redox has it · merge_uncertain: a PatientMerge (or the NewPatient that undoes one) has no certain answer · merged: Redox took the PatientMerge.';
COMMENT ON COLUMN patient.mrn IS 'The identifier under which Redox holds it.';
COMMENT ON COLUMN patient.former_mrns IS 'Identifiers under which Redox holds or may hold it besides; a PatientMerge to mrn is due for them.';
COMMENT ON COLUMN patient.merged_into IS 'patient_id of the survivor who has the record by what Redox was told: the end of the chain of merges.';
COMMENT ON COLUMN patient.sent_into IS 'patient_id of the survivor whom this patient''s own PatientMerge named: the record may go back with them when their merge is undone.';
COMMENT ON COLUMN patient.row_fingerprint IS 'Of the row that was fetched and told. Null: what Redox has is not certain, so the row is told again.';
COMMENT ON COLUMN patient.message_fingerprint IS 'Of the message told. Null after baseline and acknowledge: the next change is sent.';
COMMENT ON COLUMN patient.group_fingerprints IS 'Eight bytes for each field group, in the order of src/core/field-group.ts.';
COMMENT ON COLUMN patient.builder_version IS 'Version of the message builder when it was told; an older one makes the row a candidate.';
COMMENT ON COLUMN patient.synced_at IS 'When the last certain answer came.';

CREATE TABLE encounter (
  encounter_id text COLLATE "C" PRIMARY KEY,
  presence text NOT NULL CHECK (presence IN ('uncertain', 'present')),
  patient_id text COLLATE "C" NOT NULL,
  filed_under text COLLATE "C" NOT NULL,
  row_fingerprint uuid,
  message_fingerprint uuid,
  group_fingerprints bytea CHECK (octet_length(group_fingerprints) = 40),
  builder_version integer,
  synced_at timestamptz,
  CHECK (row_fingerprint IS NULL OR (presence = 'present' AND builder_version IS NOT NULL AND synced_at IS NOT NULL)),
  CHECK (message_fingerprint IS NULL OR row_fingerprint IS NOT NULL),
  CHECK ((group_fingerprints IS NULL) = (message_fingerprint IS NULL))
);
CREATE INDEX encounter_filed_under ON encounter (filed_under);
CREATE INDEX encounter_moved ON encounter (encounter_id) WHERE patient_id <> filed_under;
COMMENT ON TABLE encounter IS 'One row per visit whose document Redox holds or may hold.';
COMMENT ON COLUMN encounter.encounter_id IS 'Key in the EHR.';
COMMENT ON COLUMN encounter.presence IS 'uncertain: its first VisitPush has no certain answer · held: Redox has a version of the document.';
COMMENT ON COLUMN encounter.patient_id IS 'Patient of the visit in the EHR when it was last told.';
COMMENT ON COLUMN encounter.filed_under IS 'patient_id under which Redox holds the document; an accepted PatientMerge moves it (decision 14).';
COMMENT ON COLUMN encounter.row_fingerprint IS 'Of the row that was fetched and told. Null: not certain, so it is told again.';
COMMENT ON COLUMN encounter.message_fingerprint IS 'Of the message told, without the patient''s demographics. Null after baseline and acknowledge.';
COMMENT ON COLUMN encounter.group_fingerprints IS 'Eight bytes for each field group, in the order of src/core/field-group.ts.';
COMMENT ON COLUMN encounter.builder_version IS 'Version of the message builder when it was told.';
COMMENT ON COLUMN encounter.synced_at IS 'When the last certain answer came.';

CREATE TABLE call (
  call_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_number integer NOT NULL REFERENCES run,
  lane text COLLATE "C" NOT NULL,
  position smallint NOT NULL,
  event_type text NOT NULL CHECK (event_type IN ('NewPatient', 'PatientUpdate', 'PatientMerge', 'VisitPush')),
  entity text NOT NULL CHECK (entity IN ('patient', 'merge', 'encounter')),
  entity_id text COLLATE "C" NOT NULL,
  patient_id text COLLATE "C" NOT NULL,
  row_patient_id text COLLATE "C",
  mrn text COLLATE "C",
  state text NOT NULL DEFAULT 'planned'
    CHECK (state IN ('planned', 'sending', 'accepted', 'rejected', 'failed', 'unknown', 'unneeded', 'superseded', 'blocked')),
  reason text,
  is_open boolean NOT NULL DEFAULT true,
  forced boolean NOT NULL,
  scanned_fingerprint uuid,
  open_since timestamptz NOT NULL,
  presence_before text,
  sending_at timestamptz,
  finished_at timestamptz,
  attempts smallint NOT NULL DEFAULT 0,
  http_status smallint,
  redox_log_id text,
  CHECK ((sending_at IS NOT NULL) = (state IN ('sending', 'accepted', 'rejected', 'failed', 'unknown'))),
  CHECK ((finished_at IS NULL) = (state IN ('planned', 'sending'))),
  CHECK (is_open OR state NOT IN ('sending', 'planned')),
  CHECK (NOT is_open OR state NOT IN ('accepted', 'unneeded')),
  CHECK (reason IS NOT NULL OR state IN ('planned', 'sending', 'accepted', 'unneeded')),
  CHECK ((event_type = 'VisitPush') = (entity = 'encounter')),
  CHECK ((row_patient_id IS NOT NULL) = (entity = 'encounter')),
  CHECK (entity <> 'merge' OR event_type = 'PatientMerge'),
  CHECK (mrn IS NULL OR event_type = 'NewPatient')
);
CREATE INDEX call_order ON call (run_number, lane, position, call_id);
CREATE INDEX call_open ON call (entity, entity_id) WHERE is_open;
CREATE INDEX call_sending ON call (call_id) WHERE state = 'sending';
CREATE INDEX call_unrecorded ON call (sending_at) WHERE sending_at IS NOT NULL AND attempts = 0;
COMMENT ON TABLE call IS 'One row per call that a run planned. What was told stands in patient and encounter; this is what was done.';
COMMENT ON COLUMN call.call_id IS 'Key.';
COMMENT ON COLUMN call.run_number IS 'The run that planned it.';
COMMENT ON COLUMN call.lane IS 'The person: one id for all patients that a merge connects. Its calls go out one after the other.';
COMMENT ON COLUMN call.position IS 'Order within the lane.';
COMMENT ON COLUMN call.event_type IS 'Redox''s event type.';
COMMENT ON COLUMN call.entity IS 'What the call is for: a patient row, a merge row or a visit. A PatientMerge for entity patient tells a changed MRN.';
COMMENT ON COLUMN call.entity_id IS 'Its key in the EHR; for a merge the retired patient.';
COMMENT ON COLUMN call.patient_id IS 'The patient it is told of; for a merge and for its visits the survivor.';
COMMENT ON COLUMN call.row_patient_id IS 'Of a visit: its patient in the EHR when it was planned. Another one at delivery means that it has moved meanwhile.';
COMMENT ON COLUMN call.mrn IS 'Of a NewPatient that is to bring back an identifier which a PatientMerge then retires: that identifier. Null: the row''s own.';
COMMENT ON COLUMN call.state IS 'What is known: see the life of a call in ARCHITECTURE.md.';
COMMENT ON COLUMN call.reason IS 'Why it is in this state, from a closed list; null where the state says all.';
COMMENT ON COLUMN call.is_open IS 'Still owed: the next plan that meets the row takes it over.';
COMMENT ON COLUMN call.forced IS 'rerun --force: sent even where the message did not change.';
COMMENT ON COLUMN call.scanned_fingerprint IS 'Of the row as the plan saw it; apply compares it with the row it fetches.';
COMMENT ON COLUMN call.open_since IS 'Since when this has been owed, over all runs.';
COMMENT ON COLUMN call.presence_before IS 'presence of the ledger''s row before the call was sent; where it certainly was not taken, that is restored.';
COMMENT ON COLUMN call.sending_at IS 'When `sending` was committed: before the first byte left.';
COMMENT ON COLUMN call.finished_at IS 'When the state became final.';
COMMENT ON COLUMN call.attempts IS 'POSTs made.';
COMMENT ON COLUMN call.http_status IS 'Of the last answer; null where none came.';
COMMENT ON COLUMN call.redox_log_id IS 'Finds the call in Redox''s log inspector.';

CREATE TABLE attempt (
  call_id bigint NOT NULL REFERENCES call ON DELETE CASCADE,
  number smallint NOT NULL CHECK (number > 0),
  started_at timestamptz NOT NULL,
  finished_at timestamptz NOT NULL,
  result text NOT NULL CHECK (result IN ('accepted', 'rejected', 'not_taken', 'ambiguous')),
  http_status smallint,
  reason text,
  detail text,
  redox_log_id text,
  PRIMARY KEY (call_id, number)
);
CREATE INDEX attempt_finished_at ON attempt (finished_at);
COMMENT ON TABLE attempt IS 'One row per POST.';
COMMENT ON COLUMN attempt.call_id IS 'Its call.';
COMMENT ON COLUMN attempt.number IS 'Counts from 1 within the call.';
COMMENT ON COLUMN attempt.started_at IS 'When it was sent.';
COMMENT ON COLUMN attempt.finished_at IS 'When the answer was read or given up; the rate limit counts from then, also across restarts (decision 17).';
COMMENT ON COLUMN attempt.result IS 'accepted and rejected are certain; not_taken too, and may be tried again; ambiguous: nobody knows.';
COMMENT ON COLUMN attempt.http_status IS 'Null where no answer came.';
COMMENT ON COLUMN attempt.reason IS 'From a closed list, e.g. http_504, timeout, connection_refused.';
COMMENT ON COLUMN attempt.detail IS 'What Redox said, every string of our own message masked.';
COMMENT ON COLUMN attempt.redox_log_id IS 'Finds the attempt in Redox''s log inspector.';

CREATE TABLE discrepancy (
  discrepancy_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_number integer NOT NULL REFERENCES run,
  entity text NOT NULL CHECK (entity IN ('patient', 'merge', 'encounter')),
  entity_id text COLLATE "C" NOT NULL,
  patient_id text COLLATE "C",
  kind text NOT NULL CHECK (kind IN ('new', 'changed', 'silent_change', 'merged', 'merge_undone', 'merge_repointed', 'merge_cycle',
    'merge_without_survivor', 'gone', 'orphan', 'cancelled_after_push', 'duplicate_key', 'invalid', 'held')),
  detail text,
  row_updated_at timestamptz,
  changed_groups text[]
);
CREATE INDEX discrepancy_row ON discrepancy (run_number, entity, entity_id);
COMMENT ON TABLE discrepancy IS 'One row per thing in which EHR and ledger did not agree when a run looked.';
COMMENT ON COLUMN discrepancy.discrepancy_id IS 'Key.';
COMMENT ON COLUMN discrepancy.run_number IS 'The run that found it.';
COMMENT ON COLUMN discrepancy.entity IS 'patient, merge or encounter.';
COMMENT ON COLUMN discrepancy.entity_id IS 'Its key in the EHR; empty where the key itself is missing.';
COMMENT ON COLUMN discrepancy.patient_id IS 'The patient whom it concerns; null where unknown.';
COMMENT ON COLUMN discrepancy.kind IS 'See reports/README.md.';
COMMENT ON COLUMN discrepancy.detail IS 'The particular case, from a closed list; null where kind says all.';
COMMENT ON COLUMN discrepancy.row_updated_at IS 'updated_at of the row, as instant.';
COMMENT ON COLUMN discrepancy.changed_groups IS 'Field groups that changed, known once the row was fetched; null before.';

CREATE TABLE data_quality (
  data_quality_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_number integer NOT NULL REFERENCES run,
  entity text NOT NULL CHECK (entity IN ('patient', 'merge', 'encounter', 'file')),
  entity_id text COLLATE "C" NOT NULL,
  patient_id text COLLATE "C",
  kind text NOT NULL,
  column_name text,
  line bigint
);
CREATE INDEX data_quality_run ON data_quality (run_number);
COMMENT ON TABLE data_quality IS 'One row per value or line that could not be taken as it stands.';
COMMENT ON COLUMN data_quality.data_quality_id IS 'Key.';
COMMENT ON COLUMN data_quality.run_number IS 'The run that met it.';
COMMENT ON COLUMN data_quality.entity IS 'patient, merge or encounter; file for a line of an extract.';
COMMENT ON COLUMN data_quality.entity_id IS 'The row''s key in the EHR; for a line of an extract the file''s name.';
COMMENT ON COLUMN data_quality.patient_id IS 'The patient whom it concerns; null where unknown.';
COMMENT ON COLUMN data_quality.kind IS 'The trouble, from a closed list: see reports/README.md.';
COMMENT ON COLUMN data_quality.column_name IS 'Column of the contract; null for a whole line.';
COMMENT ON COLUMN data_quality.line IS 'Line in the file, from 1.';

-- The stage: what the scan of the current run saw. Unlogged, so empty after a crash of Postgres; a plan starts by asserting
-- that as many rows are staged as were scanned (decision 9). Emptied at every start.

CREATE UNLOGGED TABLE stage_patient (
  entity_id text COLLATE "C",
  mrn text COLLATE "C",
  updated_at timestamptz,
  fingerprint uuid NOT NULL,
  asked boolean NOT NULL
);
COMMENT ON TABLE stage_patient IS 'One row per patient row that the current run scanned.';
COMMENT ON COLUMN stage_patient.entity_id IS 'Key in the EHR; null is reported.';
COMMENT ON COLUMN stage_patient.mrn IS 'What Redox is told; null where that is the key.';
COMMENT ON COLUMN stage_patient.updated_at IS 'As instant; null where the contract has none.';
COMMENT ON COLUMN stage_patient.fingerprint IS 'Of the row, without updated_at.';
COMMENT ON COLUMN stage_patient.asked IS 'False: read only because another row depends on it.';

CREATE UNLOGGED TABLE stage_encounter (
  entity_id text COLLATE "C",
  patient_id text COLLATE "C",
  status text COLLATE "C" NOT NULL,
  updated_at timestamptz,
  fingerprint uuid NOT NULL,
  asked boolean NOT NULL
);
COMMENT ON TABLE stage_encounter IS 'One row per visit row that the current run scanned.';
COMMENT ON COLUMN stage_encounter.entity_id IS 'Key in the EHR; null is reported.';
COMMENT ON COLUMN stage_encounter.patient_id IS 'Its patient in the EHR; null is reported.';
COMMENT ON COLUMN stage_encounter.status IS 'planned, open, finished or cancelled; unreadable where the EHR says something else.';
COMMENT ON COLUMN stage_encounter.updated_at IS 'As instant; null where the contract has none.';
COMMENT ON COLUMN stage_encounter.fingerprint IS 'Of the row, without updated_at.';
COMMENT ON COLUMN stage_encounter.asked IS 'False: read only because another row depends on it.';

CREATE UNLOGGED TABLE stage_merge (
  entity_id text COLLATE "C",
  surviving_patient_id text COLLATE "C",
  asked boolean NOT NULL
);
COMMENT ON TABLE stage_merge IS 'One row per merge row of the EHR; read in full in every mode (decision 13).';
COMMENT ON COLUMN stage_merge.entity_id IS 'The retired patient; null is reported.';
COMMENT ON COLUMN stage_merge.surviving_patient_id IS 'Into whom; null is reported.';
COMMENT ON COLUMN stage_merge.asked IS 'False: outside of what a rerun was asked for.';

CREATE UNLOGGED TABLE stage_fault (
  entity text COLLATE "C" NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  fault text COLLATE "C" NOT NULL,
  row_count bigint NOT NULL,
  PRIMARY KEY (entity, entity_id)
);
COMMENT ON TABLE stage_fault IS 'One row per key whose staged rows cannot be used; they are taken out of the stage.';
COMMENT ON COLUMN stage_fault.entity IS 'patient, merge or encounter.';
COMMENT ON COLUMN stage_fault.entity_id IS 'The key; empty for rows without one.';
COMMENT ON COLUMN stage_fault.fault IS 'missing_key, duplicate_key, missing_patient, missing_survivor, unreadable_status or shared_mrn.';
COMMENT ON COLUMN stage_fault.row_count IS 'How many rows that are.';

CREATE UNLOGGED TABLE stage_retired (
  patient_id text COLLATE "C" PRIMARY KEY,
  survivor_id text COLLATE "C",
  fault text COLLATE "C",
  CHECK ((survivor_id IS NULL) = (fault IS NOT NULL))
);
COMMENT ON TABLE stage_retired IS 'One row per patient whom the EHR calls merged, with the end of its chain.';
COMMENT ON COLUMN stage_retired.patient_id IS 'The retired patient.';
COMMENT ON COLUMN stage_retired.survivor_id IS 'The final survivor: a patient who is a row of the EHR and not merged itself.';
COMMENT ON COLUMN stage_retired.fault IS 'Why there is none: merge_cycle, merge_without_survivor or duplicate_key.';

CREATE UNLOGGED TABLE stage_lane (
  patient_id text COLLATE "C" PRIMARY KEY,
  lane text COLLATE "C" NOT NULL
);
COMMENT ON TABLE stage_lane IS 'One row per patient whose person is not simply the final survivor: the ledger''s merges connect more.';
COMMENT ON COLUMN stage_lane.patient_id IS 'A patient who is not merged in the EHR, or whose chain has no end.';
COMMENT ON COLUMN stage_lane.lane IS 'The id that stands for the person.';

CREATE UNLOGGED TABLE stage_wanted (
  entity text COLLATE "C" NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  asked boolean NOT NULL,
  PRIMARY KEY (entity, entity_id)
);
COMMENT ON TABLE stage_wanted IS 'One row per key that is to be fetched and staged beside what the scan found: open rows, and what others depend on.';
COMMENT ON COLUMN stage_wanted.entity IS 'patient or encounter.';
COMMENT ON COLUMN stage_wanted.entity_id IS 'Key in the EHR.';
COMMENT ON COLUMN stage_wanted.asked IS 'False: only because another row depends on it.';

-- To retire an identifier is right only while it is this patient's: with it would go the record of whoever has it now.
CREATE FUNCTION mrn_is_anothers(wanted text, patient_id text, survivor_id text) RETURNS boolean
LANGUAGE sql STABLE
AS $$
  SELECT
    EXISTS (
      SELECT FROM patient other
      LEFT JOIN stage_retired r ON r.patient_id = other.patient_id
      WHERE other.mrn = wanted
        AND other.presence <> 'merged'
        AND other.patient_id <> $2
        AND other.patient_id IS DISTINCT FROM $3
        AND (r.survivor_id = $3) IS NOT TRUE
    )
    OR EXISTS (
      SELECT FROM stage_patient other
      WHERE coalesce(other.mrn, other.entity_id) = wanted
        AND other.entity_id <> $2
        AND other.entity_id IS DISTINCT FROM $3
        AND NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = other.entity_id)
    )
$$;
COMMENT ON FUNCTION mrn_is_anothers(text, text, text) IS 'Does a patient have this identifier, at Redox or in the EHR, who is none of these two and is not merged into the second?';
