-- The ledger: what Redox was last sent, what is certain of it, and what every run did.
--
-- It holds ids, states and keyed fingerprints, and no patient data (decision 1). Ids compare byte by byte (collation
-- "C"), so ids that differ only in case or normal form are different. A fingerprint is 128 bits of a keyed SHA-256, stored
-- as uuid, the 16-byte type of Postgres.
--
-- Life of a call:  planned → sending → accepted | rejected | failed | unknown
--                  planned → unneeded | superseded | blocked
--                  sending → planned, if a stop came before the first byte left
--
-- Life of an accepted call's log at Redox:  (not asked) → pending → succeeded | failed | filtered
--                                           (not asked) → unseen | unconfirmable

-- The ledger's identity and position.

CREATE TABLE data_key (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  wrapped bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  wrapped_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE data_key IS 'The random key of all fingerprints, wrapped by LEDGER_KEY. One row.';
COMMENT ON COLUMN data_key.only_row IS 'Always true: there is one key.';
COMMENT ON COLUMN data_key.wrapped IS 'AES-256-GCM: 12 bytes nonce, 16 bytes tag, ciphertext. A wrong LEDGER_KEY fails the tag.';
COMMENT ON COLUMN data_key.created_at IS 'When the key was created.';
COMMENT ON COLUMN data_key.wrapped_at IS 'When it was last wrapped: the last rotation of LEDGER_KEY.';

CREATE TABLE target (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  identity jsonb NOT NULL,
  bound_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE target IS 'The Redox target of this ledger (decision 4). One row.';
COMMENT ON COLUMN target.only_row IS 'Always true: a ledger has one target.';
COMMENT ON COLUMN target.identity IS 'Environment, base URL, source, destination and OIDs, as configured when the ledger was bound.';
COMMENT ON COLUMN target.bound_at IS 'When the ledger was bound to the target.';

-- A ledger that was restored, or failed over and lost commits, records less than Redox has received. Its position is also kept outside the
-- ledger, so that a job notices; `--after-restore` then finds the doubtful rows.
CREATE TABLE ledger_identity (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  ledger_id uuid NOT NULL DEFAULT md5(random()::text || clock_timestamp()::text || pg_backend_pid()::text)::uuid
);
COMMENT ON TABLE ledger_identity IS 'Identifies this ledger even if its database is moved or copied. One row after the first run: copies of an empty ledger are separate ledgers.';
COMMENT ON COLUMN ledger_identity.only_row IS 'Always true: there is one row.';
COMMENT ON COLUMN ledger_identity.ledger_id IS 'The id, also in the position file in REPORT_DIR.';

-- One row per commit, because during a backup Postgres would keep every version of a single counter row and read them all in each update.
CREATE TABLE ledger_commit (
  number bigint PRIMARY KEY
);
COMMENT ON TABLE ledger_commit IS 'One row per commit of the newest run, and the last one of earlier runs. REPORT_DIR keeps the last number too, and a job refuses a ledger that is behind it.';
COMMENT ON COLUMN ledger_commit.number IS 'Counts, over all runs, the commits of sendings and outcomes, and the first and last one of each run.';

-- Runs, and what the guard, the reports and prune compare between nights.

CREATE TABLE run (
  run_number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id text COLLATE "C" NOT NULL UNIQUE,
  job text NOT NULL,
  mode text NOT NULL CHECK (mode IN ('sweep', 'changes', 'window', 'only', 'open', 'none')),
  plan_only boolean NOT NULL,
  options jsonb NOT NULL,
  applied_run integer REFERENCES run ON DELETE SET NULL,
  status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'done', 'stopped', 'refused', 'failed', 'interrupted')),
  exit_code smallint,
  end_reason text CHECK (
    end_reason IN (
      'done', 'needs_person', 'already_done', 'signal', 'until', 'max_calls', 'usage', 'unavailable', 'breaker', 'redox_unavailable', 'bug',
      'refused', 'ledger_held', 'guard', 'other_target', 'newer_ledger', 'older_ledger', 'lost_commits', 'stage_lost', 'plan_unfit'
    )
  ),
  failure text,
  host text NOT NULL,
  process_id integer NOT NULL,
  site_time_zone text,
  call_timeout_ms integer,
  program_version text NOT NULL,
  builder_version integer,
  due_at timestamptz,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  watermark_from timestamptz,
  watermark_to timestamptz,
  planned_watermark timestamptz,
  counts jsonb,
  waiting jsonb,
  accepted_calls integer,
  open_calls integer,
  changed_rows integer,
  silent_rows integer,
  change_counts jsonb,
  refusal text,
  planned_shape jsonb,
  pruned_at timestamptz,
  CHECK ((status IN ('running', 'interrupted')) = (exit_code IS NULL)),
  CHECK (finished_at IS NOT NULL OR status = 'running')
);
CREATE INDEX run_due ON run (job, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX run_applied ON run (applied_run) WHERE applied_run IS NOT NULL;
COMMENT ON TABLE run IS 'One row per start of a job that takes the lock.';
COMMENT ON COLUMN run.run_number IS 'Short key, for the tables below.';
COMMENT ON COLUMN run.run_id IS 'The visible id: UTC start time, job, and four random hex digits.';
COMMENT ON COLUMN run.job IS 'nightly, intraday, rerun, resend, baseline …';
COMMENT ON COLUMN run.mode IS 'How rows were found: sweep (all), changes (since the watermark), window (rerun of a range), only (a list), open (open calls), none.';
COMMENT ON COLUMN run.plan_only IS 'True: the plan was stored and nothing was sent.';
COMMENT ON COLUMN run.options IS 'The options on the command line: flags, dates, counts. Never an id list.';
COMMENT ON COLUMN run.applied_run IS 'For a run of apply: the plan-only run with the plan; null once that run was pruned.';
COMMENT ON COLUMN run.status IS 'running; done; stopped (signal, --until, --max-calls); refused; failed; interrupted (died; marked by a later start).';
COMMENT ON COLUMN run.exit_code IS 'See the README; null while running and after an interruption.';
COMMENT ON COLUMN run.end_reason IS 'Why it ended, in the words of the log line job_ended: --once depends on it. Null like exit_code.';
COMMENT ON COLUMN run.failure IS 'The printed error, if the run failed or was refused.';
COMMENT ON COLUMN run.host IS 'The machine.';
COMMENT ON COLUMN run.process_id IS 'The process id on that machine.';
COMMENT ON COLUMN run.site_time_zone IS 'SITE_TIME_ZONE of the run, for the times on its page; null if unset: then they are UTC.';
COMMENT ON COLUMN run.call_timeout_ms IS 'CALL_TIMEOUT of the run, the longest time of its POSTs. Null for a run that sends nothing.';
COMMENT ON COLUMN run.program_version IS 'Version of redox-reconcile.';
COMMENT ON COLUMN run.builder_version IS 'Version of the message builder and its settings (src/message/builder-version.ts) in the plan; null if no plan was stored.';
COMMENT ON COLUMN run.due_at IS 'The due time that --due named: --once does it at most once. Null without --due.';
COMMENT ON COLUMN run.started_at IS 'Start, by the clock of the job''s machine.';
COMMENT ON COLUMN run.finished_at IS 'End, by the same clock; for an interrupted run, when a later start marked it.';
COMMENT ON COLUMN run.watermark_from IS 'The watermark at the start; null if there was none.';
COMMENT ON COLUMN run.watermark_to IS 'The watermark set by this run; null if it set none.';
COMMENT ON COLUMN run.planned_watermark IS 'For a plan-only run: the watermark that apply sets; null if the plan sets none.';
COMMENT ON COLUMN run.counts IS 'Rows by entity and class, as planned. Calls are counted from the calls themselves.';
COMMENT ON COLUMN run.waiting IS 'Rows beyond PLAN_AHEAD that a plan left to later nights: of patients and visits the new ones and those that a release or a setting rebuilt. Null for none.';
COMMENT ON COLUMN run.accepted_calls IS 'Accepted calls, counted when the run was closed; null while it runs.';
COMMENT ON COLUMN run.open_calls IS 'Calls left open (rejected, failed, unknown, blocked, not started), counted when the run was closed.';
COMMENT ON COLUMN run.changed_rows IS 'Rows that changed since they were sent, counted when the run was closed; without those that only moved to another person.';
COMMENT ON COLUMN run.silent_rows IS 'The changed_rows without a newer updated_at: the mode changes would have missed them.';
COMMENT ON COLUMN run.change_counts IS 'The changes that nightly and intraday found and that were not owed or known before, by kind; null for other jobs and without a plan.';
COMMENT ON COLUMN run.refusal IS 'For a plan-only run: why the guard refuses to send its plan. Null if it may be sent, also if a person approved it.';
COMMENT ON COLUMN run.planned_shape IS 'For a plan-only run: the contract''s shape at the plan, which apply stores. Null if the plan does not compare all changes.';
COMMENT ON COLUMN run.pruned_at IS 'When prune began to delete it: its rows may be missing, so it has no reports. Null otherwise.';

CREATE TABLE watermark (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  through timestamptz NOT NULL,
  run_number integer NOT NULL REFERENCES run
);
COMMENT ON TABLE watermark IS 'How far updated_at has been read (decision 12). One row after the first run that moved it.';
COMMENT ON COLUMN watermark.only_row IS 'Always true: all entities are read in one snapshot, so they share one watermark.';
COMMENT ON COLUMN watermark.through IS 'The source''s own clock at the snapshot, less the overlap: `changes` reads from here.';
COMMENT ON COLUMN watermark.run_number IS 'The run that moved it.';

CREATE TABLE contract_shape (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  queries jsonb NOT NULL,
  taken_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE contract_shape IS 'The contract''s shape at the last plan or baseline. Another shape changes fingerprints and messages, so a person must approve it. One row after the first such run.';
COMMENT ON COLUMN contract_shape.only_row IS 'Always true: a ledger has one contract.';
COMMENT ON COLUMN contract_shape.queries IS 'The columns of each query file and the names of their types. No names of the site''s own tables.';
COMMENT ON COLUMN contract_shape.taken_at IS 'When it last changed.';

CREATE TABLE pruning (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  ended_before timestamptz NOT NULL,
  pruned_at timestamptz NOT NULL
);
COMMENT ON TABLE pruning IS 'The last pruning. One row after the first.';
COMMENT ON COLUMN pruning.only_row IS 'Always true: prune deletes by age alone.';
COMMENT ON COLUMN pruning.ended_before IS 'Runs that ended before this were deleted, except those still needed.';
COMMENT ON COLUMN pruning.pruned_at IS 'When prune ran.';

-- What Redox has.

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
  match_faults text[] CHECK (
  match_faults <@ ARRAY[
    'first_name_missing', 'first_name_malformed', 'first_name_placeholder', 'first_name_digit',
    'last_name_missing', 'last_name_malformed', 'last_name_placeholder', 'last_name_digit',
    'birth_date_missing', 'birth_date_malformed', 'birth_date_filler',
    'zip_missing', 'zip_malformed', 'zip_filler', 'zip_plus4', 'sex_unknown', 'mrn_missing'
  ]
),
  understood smallint,
  sent_death boolean,
  section_rows smallint[] CHECK (cardinality(section_rows) = 3),
  section_digests integer[] CHECK (cardinality(section_digests) = 3),
  builder_version integer,
  synced_at timestamptz,
  resent_after integer,
  CHECK ((merged_into IS NOT NULL) = (presence IN ('merge_uncertain', 'merged'))),
  CHECK ((merged_into IS NOT NULL) = (sent_into IS NOT NULL)),
  CHECK (row_fingerprint IS NULL OR (presence = 'present' AND builder_version IS NOT NULL AND synced_at IS NOT NULL)),
  CHECK (message_fingerprint IS NULL OR row_fingerprint IS NOT NULL),
  CHECK ((group_fingerprints IS NULL) = (message_fingerprint IS NULL))
);
CREATE INDEX patient_mrn ON patient (mrn);
CREATE INDEX patient_merged_into ON patient (merged_into) WHERE merged_into IS NOT NULL;
-- Partial: few patients have former MRNs.
CREATE INDEX patient_former_mrns ON patient (patient_id) WHERE former_mrns <> '{}';
-- Partial: few patients have match faults, and each run lists them.
CREATE INDEX patient_unfindable ON patient (patient_id) WHERE presence = 'present' AND match_faults <> '{}';
CREATE INDEX patient_resent_after ON patient (patient_id) WHERE resent_after IS NOT NULL;
COMMENT ON TABLE patient IS 'One row per patient that Redox has, may have, or had until a merge.';
COMMENT ON COLUMN patient.patient_id IS 'Key in the EHR.';
COMMENT ON COLUMN patient.presence IS 'uncertain: a NewPatient has no certain answer · present: Redox has it · merge_uncertain: a PatientMerge (or the NewPatient that undoes one) has no certain answer · merged: Redox took the PatientMerge.';
COMMENT ON COLUMN patient.mrn IS 'The MRN under which Redox has the patient.';
COMMENT ON COLUMN patient.former_mrns IS 'Other MRNs under which Redox has or may have the patient; a PatientMerge to mrn is due for them.';
COMMENT ON COLUMN patient.merged_into IS 'patient_id of the survivor with the record at Redox: the end of the chain of merges.';
COMMENT ON COLUMN patient.sent_into IS 'patient_id of the survivor in this patient''s own PatientMerge; if that survivor''s merge is undone, the record may return there.';
COMMENT ON COLUMN patient.row_fingerprint IS 'Of the row that was fetched and sent. Null: the state at Redox is uncertain, so the row is sent again.';
COMMENT ON COLUMN patient.message_fingerprint IS 'Of the message that was sent. Null after baseline and acknowledge: the next change is sent.';
COMMENT ON COLUMN patient.group_fingerprints IS 'Eight bytes per field group, in the order of src/message/fingerprint/field-group.ts.';
COMMENT ON COLUMN patient.match_faults IS 'Faults of the match keys in the last message: see src/message/fingerprint/findability.ts. Null: unknown.';
COMMENT ON COLUMN patient.understood IS 'Bits of the columns that were understood when the row was last sent: see src/contract/row/understood.ts. Null: unknown.';
COMMENT ON COLUMN patient.sent_death IS 'Whether the last message included the patient''s death. Null: none was sent, or it is unknown.';
COMMENT ON COLUMN patient.section_rows IS 'Rows of identifiers.sql, summary/care_team.sql and summary/insurances.sql in the last message; equal rows count once. Null: unknown.';
COMMENT ON COLUMN patient.section_digests IS '32 bits of a keyed fingerprint of these rows, file by file; 0 without rows. Null: unknown.';
COMMENT ON COLUMN patient.builder_version IS 'Version of the message builder and its settings (src/message/builder-version.ts) of the last message; another one makes the row a candidate.';
COMMENT ON COLUMN patient.synced_at IS 'When the last certain answer came.';
COMMENT ON COLUMN patient.resent_after IS 'A start found a call of this row in flight, so an old message may still arrive. 0: no certain answer since then; otherwise the run_number of the run that received one: a later run sends the row once more. Null: no such call.';

CREATE TABLE encounter (
  encounter_id text COLLATE "C" PRIMARY KEY,
  presence text NOT NULL CHECK (presence IN ('uncertain', 'present')),
  patient_id text COLLATE "C" NOT NULL,
  filed_under text COLLATE "C" NOT NULL,
  document_version integer NOT NULL DEFAULT 1 CHECK (document_version >= 0),
  document_time timestamptz,
  row_fingerprint uuid,
  message_fingerprint uuid,
  group_fingerprints bytea CHECK (octet_length(group_fingerprints) = 40),
  section_rows smallint[] CHECK (cardinality(section_rows) = 22),
  section_digests integer[] CHECK (cardinality(section_digests) = 22),
  withdrawn text CHECK (withdrawn IN ('gone', 'reopened', 'cancelled')),
  builder_version integer,
  synced_at timestamptz,
  resent_after integer,
  CHECK (row_fingerprint IS NULL OR (presence = 'present' AND builder_version IS NOT NULL AND synced_at IS NOT NULL)),
  CHECK (message_fingerprint IS NULL OR row_fingerprint IS NOT NULL),
  CHECK ((group_fingerprints IS NULL) = (message_fingerprint IS NULL))
);
CREATE INDEX encounter_filed_under ON encounter (filed_under);
CREATE INDEX encounter_moved ON encounter (encounter_id) WHERE patient_id <> filed_under;
CREATE INDEX encounter_withdrawn ON encounter (encounter_id) WHERE withdrawn IS NOT NULL;
CREATE INDEX encounter_resent_after ON encounter (encounter_id) WHERE resent_after IS NOT NULL;
COMMENT ON TABLE encounter IS 'One row per visit with a document that Redox has or may have.';
COMMENT ON COLUMN encounter.encounter_id IS 'Key in the EHR.';
COMMENT ON COLUMN encounter.presence IS 'uncertain: its first VisitPush has no certain answer · present: Redox has a version of the document.';
COMMENT ON COLUMN encounter.patient_id IS 'Patient of the visit in the EHR when it was last sent.';
COMMENT ON COLUMN encounter.filed_under IS 'patient_id under which Redox has the document; an accepted PatientMerge moves it (decision 14).';
COMMENT ON COLUMN encounter.document_version IS 'VersionNumber of the last push, committed with `sending`: the greater of the one before plus one and the whole seconds since 2020-01-01 by the ledger''s clock. Each number has one content.';
COMMENT ON COLUMN encounter.document_time IS 'Header.Document.DateTime of that push, committed with `sending`: when this version was created. Null after baseline and acknowledge.';
COMMENT ON COLUMN encounter.row_fingerprint IS 'Of the row that was fetched and sent. Null: uncertain, so the row is sent again.';
COMMENT ON COLUMN encounter.message_fingerprint IS 'Of the message that was sent, without the patient''s demographics. Null after baseline and acknowledge.';
COMMENT ON COLUMN encounter.group_fingerprints IS 'Eight bytes per field group, in the order of src/message/fingerprint/field-group.ts.';
COMMENT ON COLUMN encounter.section_rows IS 'Rows per section when the visit was last sent, in the order of src/contract/section.ts, 32767 at most; equal rows count once. Null: unknown.';
COMMENT ON COLUMN encounter.section_digests IS 'A keyed digest of each section''s rows at that time, in the same order; 0 for none. Null: unknown.';
COMMENT ON COLUMN encounter.withdrawn IS 'How the visit ceased to be finished in the EHR after its push, as last found; the summary of its patient is looked at when this changes. Null: finished.';
COMMENT ON COLUMN encounter.builder_version IS 'Version of the message builder and its settings of the last message.';
COMMENT ON COLUMN encounter.synced_at IS 'When the last certain answer came.';
COMMENT ON COLUMN encounter.resent_after IS 'A start found a call of this row in flight, so an old message may still arrive. 0: no certain answer since then; otherwise the run_number of the run that received one: a later run sends the row once more. Null: no such call.';

CREATE TABLE summary (
  patient_id text COLLATE "C" PRIMARY KEY,
  presence text NOT NULL CHECK (presence IN ('none', 'uncertain', 'present')),
  content_of text COLLATE "C" NOT NULL,
  document_version integer NOT NULL DEFAULT 1 CHECK (document_version >= 0),
  document_time timestamptz,
  is_current boolean NOT NULL DEFAULT false,
  message_fingerprint uuid,
  section_rows smallint[] CHECK (cardinality(section_rows) = 22),
  section_digests integer[] CHECK (cardinality(section_digests) = 22),
  builder_version integer,
  synced_at timestamptz,
  resent_after integer,
  CHECK (NOT is_current OR (presence <> 'uncertain' AND builder_version IS NOT NULL AND synced_at IS NOT NULL)),
  CHECK (message_fingerprint IS NULL OR presence <> 'uncertain')
);
CREATE INDEX summary_resent_after ON summary (patient_id) WHERE resent_after IS NOT NULL;
COMMENT ON TABLE summary IS 'One row per patient whose summary was looked at, if the contract has summary/. A merged patient keeps it.';
COMMENT ON COLUMN summary.patient_id IS 'Key of the patient in the EHR; Document.ID is summary. and this key.';
COMMENT ON COLUMN summary.presence IS 'none: the patient had no rows for it, so Redox has none · uncertain: its first VisitPush has no certain answer · present: Redox has a version of the document.';
COMMENT ON COLUMN summary.content_of IS 'The patient of the last version: after a merge the survivor.';
COMMENT ON COLUMN summary.document_version IS 'As of a visit.';
COMMENT ON COLUMN summary.document_time IS 'As of a visit.';
COMMENT ON COLUMN summary.is_current IS 'False: the next sweep looks at the summary again, because its state at Redox is uncertain or a change of it is owed.';
COMMENT ON COLUMN summary.message_fingerprint IS 'Of the message that was sent, or would be sent without rows; without the patient''s demographics. Null: uncertain, so it is sent again; after settle the next change is sent.';
COMMENT ON COLUMN summary.section_rows IS 'As of a visit.';
COMMENT ON COLUMN summary.section_digests IS 'As of a visit.';
COMMENT ON COLUMN summary.builder_version IS 'Version of the message builder and its settings of the last message.';
COMMENT ON COLUMN summary.synced_at IS 'When the last certain answer came, or no call was needed.';
COMMENT ON COLUMN summary.resent_after IS 'As of a visit.';

-- What was sent: calls, their POSTs, and what makes later runs wait for them.

-- A plan-only run owes nothing: its calls are planned, not open, and open calls of earlier runs stay unchanged. Only `apply` uses it,
-- by copying its calls to a run of its own.
CREATE TABLE call (
  call_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_number integer NOT NULL REFERENCES run,
  rank integer NOT NULL DEFAULT 0,
  lane text COLLATE "C" NOT NULL,
  position smallint NOT NULL,
  event_type text NOT NULL CHECK (event_type IN ('NewPatient', 'PatientUpdate', 'PatientMerge', 'VisitPush')),
  entity text NOT NULL CHECK (entity IN ('patient', 'merge', 'encounter', 'summary')),
  entity_id text COLLATE "C" NOT NULL,
  patient_id text COLLATE "C" NOT NULL,
  row_patient_id text COLLATE "C",
  mrn text COLLATE "C",
  planned_mrn text COLLATE "C",
  state text NOT NULL DEFAULT 'planned'
    CHECK (state IN ('planned', 'sending', 'accepted', 'rejected', 'failed', 'unknown', 'unneeded', 'superseded', 'blocked')),
  reason text,
  rejected_dates smallint,
  found_kind text CHECK (found_kind IN ('new', 'changed', 'silent_change', 'merged', 'merge_repointed', 'forced', 'undelivered')),
  found_detail text,
  row_updated_at timestamptz,
  changed_groups text[],
  is_open boolean NOT NULL DEFAULT true,
  forced boolean NOT NULL,
  scanned_fingerprint uuid,
  open_since timestamptz NOT NULL,
  presence_before text,
  sending_at timestamptz,
  last_try_at timestamptz,
  finished_at timestamptz,
  attempts smallint NOT NULL DEFAULT 0,
  http_status smallint,
  redox_log_id text,
  log_id text,
  retired_mrns text[] COLLATE "C",
  log_status text CHECK (log_status IN ('succeeded', 'failed', 'filtered', 'pending', 'unseen', 'unconfirmable')),
  log_stage text,
  log_code text,
  log_path text,
  log_ended_at timestamptz,
  log_asked_at timestamptz,
  log_waits boolean NOT NULL DEFAULT false,
  confirmed_at timestamptz,
  CHECK ((sending_at IS NOT NULL) = (state IN ('sending', 'accepted', 'rejected', 'failed', 'unknown'))),
  CHECK ((finished_at IS NULL) = (state IN ('planned', 'sending'))),
  CHECK (is_open OR state <> 'sending'),
  -- An accepted call is open again if Redox lost its message.
  CHECK (NOT is_open OR state <> 'unneeded' AND (state <> 'accepted' OR confirmed_at IS NOT NULL)),
  CHECK (log_status IS NULL OR state = 'accepted'),
  CHECK (confirmed_at IS NULL OR log_status IS NOT NULL),
  CHECK (reason IS NOT NULL OR state IN ('planned', 'sending', 'accepted', 'unneeded')),
  CHECK ((event_type = 'VisitPush') = (entity IN ('encounter', 'summary'))),
  CHECK ((row_patient_id IS NOT NULL) = (entity = 'encounter')),
  CHECK (entity <> 'merge' OR event_type = 'PatientMerge'),
  CHECK (mrn IS NULL OR event_type = 'NewPatient'),
  CHECK (planned_mrn IS NULL OR event_type = 'NewPatient')
);
CREATE INDEX call_open ON call (entity, entity_id) WHERE is_open;
CREATE INDEX call_sending ON call (call_id) WHERE state = 'sending';
CREATE INDEX call_unrecorded ON call (sending_at) WHERE sending_at IS NOT NULL AND attempts = 0;
CREATE INDEX call_order ON call (run_number, rank, lane, position, call_id);
-- Partial: few messages end otherwise than well.
CREATE INDEX call_lacking ON call (entity, entity_id) WHERE log_status IN ('failed', 'filtered', 'unseen');
CREATE INDEX call_pending ON call (entity, entity_id) WHERE log_status = 'pending';
CREATE INDEX call_retired_mrns ON call (entity_id) WHERE retired_mrns IS NOT NULL;
COMMENT ON TABLE call IS 'One row per planned call: the history. The state at Redox is in patient, encounter and summary.';
COMMENT ON COLUMN call.call_id IS 'Key.';
COMMENT ON COLUMN call.run_number IS 'The run that planned it.';
COMMENT ON COLUMN call.rank IS 'The person''s turn in this run, the lowest first; the same for all calls of a lane; 0 if the plan was too small to rank.';
COMMENT ON COLUMN call.lane IS 'The person: one id for all patients that merges connect. Its calls are sent one after the other.';
COMMENT ON COLUMN call.position IS 'Order within the lane.';
COMMENT ON COLUMN call.event_type IS 'Redox''s event type.';
COMMENT ON COLUMN call.entity IS 'What the call is for: a patient row, a merge row, a visit, or the summary of a patient. A PatientMerge for entity patient sends a changed MRN.';
COMMENT ON COLUMN call.entity_id IS 'Its key in the EHR; for a merge the retired patient, for a summary its patient.';
COMMENT ON COLUMN call.patient_id IS 'The patient of the message; for a merge, its visits and the retired patient''s summary the survivor.';
COMMENT ON COLUMN call.row_patient_id IS 'For a visit: its patient in the EHR at the plan. A different one at delivery means that the visit has moved.';
COMMENT ON COLUMN call.mrn IS 'For a NewPatient that restores an MRN which a PatientMerge then retires: that MRN. Null: the row''s own.';
COMMENT ON COLUMN call.planned_mrn IS 'For a NewPatient under the row''s own MRN: the MRN at the plan, which checked that no other patient has it. A later MRN is not sent.';
COMMENT ON COLUMN call.state IS 'See "The life of a call" in ARCHITECTURE.md.';
COMMENT ON COLUMN call.reason IS 'The reason for the state, from a closed list; null if the state is enough. sent_again, for a planned or accepted call: a call of an earlier run was found in flight.';
COMMENT ON COLUMN call.rejected_dates IS 'For a rejected call: the dates on which this row has been rejected unchanged; null if this one does not count.';
COMMENT ON COLUMN call.found_kind IS 'The kind of the discrepancy that this call is to end, as in reports/README.md. Null for a row''s further calls, and for a row that is sent once more unchanged.';
COMMENT ON COLUMN call.found_detail IS 'The particular case of that discrepancy, from a closed list; null if the kind is enough.';
COMMENT ON COLUMN call.row_updated_at IS 'updated_at of the row with that discrepancy, as instant.';
COMMENT ON COLUMN call.changed_groups IS 'Field groups that changed in that row, known once it was fetched; null before.';
COMMENT ON COLUMN call.is_open IS 'Still owed: the next plan of the row takes it over. Always false for calls of a plan-only run.';
COMMENT ON COLUMN call.forced IS 'rerun --force: sent even if the message did not change.';
COMMENT ON COLUMN call.scanned_fingerprint IS 'Of the row at the plan; apply compares it with the fetched row.';
COMMENT ON COLUMN call.open_since IS 'Owed since this time, over all runs.';
COMMENT ON COLUMN call.presence_before IS 'presence of the ledger''s row before the call was sent; restored if the call was certainly not taken.';
COMMENT ON COLUMN call.sending_at IS 'When `sending` was committed: before the first byte left.';
COMMENT ON COLUMN call.last_try_at IS 'When its last try was recorded, by the ledger''s clock: the POST begins within two seconds of it.';
COMMENT ON COLUMN call.finished_at IS 'When the state became final.';
COMMENT ON COLUMN call.attempts IS 'POSTs made.';
COMMENT ON COLUMN call.http_status IS 'Of the last answer; null without one.';
COMMENT ON COLUMN call.redox_log_id IS 'Finds the call in Redox''s log inspector.';
COMMENT ON COLUMN call.log_id IS 'Meta.Logs[].ID of the answer, by which `confirm` asks; null: Redox named none.';
COMMENT ON COLUMN call.retired_mrns IS 'For an accepted PatientMerge of a changed MRN: the MRNs that it retired. Otherwise null.';
COMMENT ON COLUMN call.log_status IS 'What became of an accepted message inside Redox, by its log; unseen: it has no log; unconfirmable: it has no log_id. Null: not asked.';
COMMENT ON COLUMN call.log_stage IS 'The stage at which the log failed, from a closed list (src/redox/platform/log-words.ts); otherwise null.';
COMMENT ON COLUMN call.log_code IS 'The code of that stage: an HTTP status or an acknowledgement code; otherwise null.';
COMMENT ON COLUMN call.log_path IS 'The field that the failure names, in field names of Redox''s schemas; otherwise null.';
COMMENT ON COLUMN call.log_ended_at IS 'When the log last changed, by Redox''s clock; null if the log does not say.';
COMMENT ON COLUMN call.log_asked_at IS 'When `confirm` last asked for the log.';
COMMENT ON COLUMN call.log_waits IS 'True: its log failed with many others, and the row waits until the queue works.';
COMMENT ON COLUMN call.confirmed_at IS 'When its final log status took effect; null: `confirm` still waits for it.';

CREATE TABLE attempt (
  call_id bigint NOT NULL REFERENCES call ON DELETE CASCADE,
  number smallint NOT NULL CHECK (number > 0),
  started_at timestamptz NOT NULL,
  finished_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  result text NOT NULL CHECK (result IN ('accepted', 'rejected', 'not_taken', 'ambiguous')),
  http_status smallint,
  reason text,
  detail text,
  redox_log_id text,
  PRIMARY KEY (call_id, number)
);
CREATE INDEX attempt_recorded_at ON attempt (recorded_at);
COMMENT ON TABLE attempt IS 'One row per POST.';
COMMENT ON COLUMN attempt.call_id IS 'Its call.';
COMMENT ON COLUMN attempt.number IS 'Counts from 1 within the call.';
COMMENT ON COLUMN attempt.started_at IS 'When it was sent.';
COMMENT ON COLUMN attempt.finished_at IS 'When the answer was read or the wait ended, by the clock of the job''s machine.';
COMMENT ON COLUMN attempt.recorded_at IS 'When it was recorded, after its end and by the ledger''s clock; the rate limit counts from then, across restarts (decision 17).';
COMMENT ON COLUMN attempt.result IS 'accepted, rejected and not_taken are certain; not_taken may be retried; ambiguous is uncertain.';
COMMENT ON COLUMN attempt.http_status IS 'Null without an answer.';
COMMENT ON COLUMN attempt.reason IS 'From a closed list, e.g. http_504, timeout, connection_refused.';
COMMENT ON COLUMN attempt.detail IS 'Redox''s text, in allowed words; everything else masked.';
COMMENT ON COLUMN attempt.redox_log_id IS 'Finds the attempt in Redox''s log inspector.';

-- Prevents a paused run, or one that lost its connection to the ledger, from overwriting what a later run has sent: see "What fences
-- what" in ARCHITECTURE.md. A process paused between its last check of the clock and the write of a message can still write it later, so
-- every row with a call in flight at a start is sent once more (`resent_after`).
CREATE TABLE in_flight (
  entity text NOT NULL CHECK (entity IN ('patient', 'encounter')),
  entity_id text COLLATE "C" NOT NULL,
  ends_at timestamptz NOT NULL,
  PRIMARY KEY (entity, entity_id)
);
COMMENT ON TABLE in_flight IS 'One row per patient or visit with a POST possibly in flight from an interrupted run: calls of these persons wait for its end.';
COMMENT ON COLUMN in_flight.entity IS 'patient or encounter.';
COMMENT ON COLUMN in_flight.entity_id IS 'Its key in the EHR.';
COMMENT ON COLUMN in_flight.ends_at IS 'The latest end of such a POST, by the ledger''s clock. A later start deletes the row.';

-- The persons of a delivery's current pages: after a crash the next run sends them last, one at a time.
CREATE TABLE suspect (
  patient_id text COLLATE "C" PRIMARY KEY,
  run_number integer NOT NULL,
  times_alone integer NOT NULL DEFAULT 0
);
COMMENT ON TABLE suspect IS 'One row per person with calls that a run may be fetching or building. Rows of an interrupted run stay: one of these persons may have crashed it, so their calls go last, one person at a time.';
COMMENT ON COLUMN suspect.patient_id IS 'The person, as in call.lane.';
COMMENT ON COLUMN suspect.run_number IS 'The run that began a page with this person''s calls.';
COMMENT ON COLUMN suspect.times_alone IS 'How often later runs began these calls alone and crashed: the highest goes last.';

-- Rows on hold: repeated rejections, and the decisions of people.

-- A row is unchanged if its fingerprint, its patient, the patient's fingerprint and the version of the message builder are the same. A
-- change of any of them makes another message, which Redox may accept.
CREATE TABLE rejection (
  entity text NOT NULL CHECK (entity IN ('patient', 'merge', 'encounter', 'summary')),
  entity_id text COLLATE "C" NOT NULL,
  event_type text NOT NULL CHECK (event_type IN ('NewPatient', 'PatientUpdate', 'PatientMerge', 'VisitPush')),
  patient_id text COLLATE "C" NOT NULL,
  row_fingerprint uuid,
  patient_fingerprint uuid NOT NULL,
  builder_version integer NOT NULL,
  dates date[] NOT NULL CHECK (cardinality(dates) > 0),
  since timestamptz NOT NULL,
  run_number integer NOT NULL REFERENCES run,
  undelivered boolean NOT NULL DEFAULT false,
  PRIMARY KEY (entity, entity_id)
);
COMMENT ON TABLE rejection IS 'One row per row of the EHR that Redox rejected and has not accepted since.';
COMMENT ON COLUMN rejection.entity IS 'patient, merge, encounter or summary.';
COMMENT ON COLUMN rejection.entity_id IS 'Its key in the EHR; for a merge the retired patient.';
COMMENT ON COLUMN rejection.event_type IS 'The event type of the last rejection.';
COMMENT ON COLUMN rejection.patient_id IS 'The patient of the message; for a merge the survivor.';
COMMENT ON COLUMN rejection.row_fingerprint IS 'Of the row that was fetched and rejected; for a merge the retired patient''s, null if that row was gone; for a summary of its message.';
COMMENT ON COLUMN rejection.patient_fingerprint IS 'Of the row of patient_id fetched with it.';
COMMENT ON COLUMN rejection.builder_version IS 'Version of the message builder of the rejected message.';
COMMENT ON COLUMN rejection.dates IS 'The dates, in the site''s zone, on which it was rejected unchanged. At three it is held.';
COMMENT ON COLUMN rejection.since IS 'When it was first rejected unchanged.';
COMMENT ON COLUMN rejection.run_number IS 'The run that added the last date; a tripped circuit breaker withdraws it.';
COMMENT ON COLUMN rejection.undelivered IS 'True: Redox accepted the message and failed inside. It lasts until a log succeeded; for a merge, any row of the retired patient counts as unchanged.';

CREATE TABLE settlement (
  settlement_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_number integer NOT NULL REFERENCES run,
  entity text NOT NULL CHECK (entity IN ('patient', 'merge', 'encounter', 'summary')),
  entity_id text COLLATE "C" NOT NULL,
  decision text NOT NULL CHECK (decision IN ('accepted', 'send', 'ignore')),
  settled_of text NOT NULL CHECK (settled_of IN ('unknown', 'rejected', 'gone', 'orphan', 'ignored')),
  settled_at timestamptz NOT NULL
);
CREATE INDEX settlement_row ON settlement (entity, entity_id);
COMMENT ON TABLE settlement IS 'One row per decision of a person about a row. Its effects are in the other tables.';
COMMENT ON COLUMN settlement.settlement_id IS 'Key.';
COMMENT ON COLUMN settlement.run_number IS 'The run of settle; its host shows where.';
COMMENT ON COLUMN settlement.entity IS 'patient, merge, encounter or summary.';
COMMENT ON COLUMN settlement.entity_id IS 'Its key in the EHR; for a merge the retired patient.';
COMMENT ON COLUMN settlement.decision IS 'accepted: Redox has it · send: send it again · ignore: leave it until it changes.';
COMMENT ON COLUMN settlement.settled_of IS 'The row''s state at that time: its last call was unknown or rejected, or the row was gone, an orphan or ignored.';
COMMENT ON COLUMN settlement.settled_at IS 'When it was decided.';

CREATE TABLE ignored (
  entity text NOT NULL CHECK (entity IN ('patient', 'merge', 'encounter', 'summary')),
  entity_id text COLLATE "C" NOT NULL,
  patient_id text COLLATE "C",
  row_fingerprint uuid,
  is_gone boolean NOT NULL,
  PRIMARY KEY (entity, entity_id)
);
COMMENT ON TABLE ignored IS 'One row per row ignored by a person: it is neither owed nor listed.';
COMMENT ON COLUMN ignored.entity IS 'patient, merge, encounter or summary.';
COMMENT ON COLUMN ignored.entity_id IS 'Its key in the EHR; for a merge the retired patient.';
COMMENT ON COLUMN ignored.patient_id IS 'The patient under whom it would be sent; for a merge the survivor. A different one ends it. Null for an orphan: a patient ends it.';
COMMENT ON COLUMN ignored.row_fingerprint IS 'Of the ignored row; a different one ends it. Null for a merge, a gone row and a summary, which a change of its patient''s rows ends.';
COMMENT ON COLUMN ignored.is_gone IS 'True: the row is gone, and its return ends it.';

-- What runs found.

CREATE TABLE discrepancy (
  discrepancy_id bigint PRIMARY KEY DEFAULT nextval('call_call_id_seq'),
  run_number integer NOT NULL REFERENCES run,
  entity text NOT NULL CHECK (entity IN ('patient', 'merge', 'encounter', 'summary')),
  entity_id text COLLATE "C" NOT NULL,
  patient_id text COLLATE "C",
  kind text NOT NULL CHECK (
    kind IN ('new', 'changed', 'silent_change', 'merged', 'merge_undone', 'merge_repointed', 'merge_cycle',
      'merge_without_survivor', 'gone', 'orphan', 'cancelled_after_push', 'duplicate_key', 'invalid', 'held', 'forced', 'unread', 'undelivered',
      'missing_at_redox', 'differs_at_redox', 'unexpected_at_redox')
  ),
  detail text,
  similar_id text COLLATE "C",
  row_updated_at timestamptz,
  row_fingerprint uuid,
  open_since timestamptz,
  rejected_dates smallint
);
CREATE INDEX discrepancy_row ON discrepancy (run_number, entity, entity_id);
COMMENT ON TABLE discrepancy IS 'One row per difference between EHR and ledger that a run found and planned no call for. A call carries its own: see the view difference.';
COMMENT ON COLUMN discrepancy.discrepancy_id IS 'Key. Counts with call.call_id, so that both sort together.';
COMMENT ON COLUMN discrepancy.run_number IS 'The run that found it.';
COMMENT ON COLUMN discrepancy.entity IS 'patient, merge, encounter or summary.';
COMMENT ON COLUMN discrepancy.entity_id IS 'Its key in the EHR; empty if the key itself is missing.';
COMMENT ON COLUMN discrepancy.patient_id IS 'The patient concerned; null if unknown.';
COMMENT ON COLUMN discrepancy.kind IS 'See reports/README.md.';
COMMENT ON COLUMN discrepancy.detail IS 'The particular case, from a closed list; for an invalid message, place and fault, never the value; null if kind is enough.';
COMMENT ON COLUMN discrepancy.similar_id IS 'For a gone row, or a visit without a patient: the id of a patient in the EHR that differs only in blanks, case or leading zeros; null if there is none.';
COMMENT ON COLUMN discrepancy.row_updated_at IS 'updated_at of the row, as instant.';
COMMENT ON COLUMN discrepancy.row_fingerprint IS 'For an orphan: its row in that run; otherwise null.';
COMMENT ON COLUMN discrepancy.open_since IS 'For a held row: owed since this time; otherwise null.';
COMMENT ON COLUMN discrepancy.rejected_dates IS 'For a row held because Redox rejected it: the number of dates; otherwise null.';

CREATE VIEW difference AS
SELECT
  run_number, discrepancy_id AS difference_id, entity, entity_id, patient_id, kind, detail, row_updated_at, NULL::text[] AS changed_groups
FROM discrepancy
UNION ALL
SELECT run_number, call_id, entity, entity_id, patient_id, found_kind, found_detail, row_updated_at, changed_groups
FROM call
WHERE found_kind IS NOT NULL;
COMMENT ON VIEW difference IS 'One row per difference between EHR and ledger that a run found: those with a call, and the others (discrepancy).';
COMMENT ON COLUMN difference.run_number IS 'The run that found it.';
COMMENT ON COLUMN difference.difference_id IS 'call_id or discrepancy_id: the order in which they were stored.';
COMMENT ON COLUMN difference.entity IS 'patient, merge, encounter or summary.';
COMMENT ON COLUMN difference.entity_id IS 'As of a discrepancy.';
COMMENT ON COLUMN difference.patient_id IS 'The patient concerned; null if unknown.';
COMMENT ON COLUMN difference.kind IS 'See reports/README.md.';
COMMENT ON COLUMN difference.detail IS 'The particular case; null if kind is enough.';
COMMENT ON COLUMN difference.row_updated_at IS 'updated_at of the row, as instant.';
COMMENT ON COLUMN difference.changed_groups IS 'Field groups that changed, known once the row was fetched; null before and without a call.';

CREATE TABLE confirmation (
  run_number integer PRIMARY KEY REFERENCES run ON DELETE CASCADE,
  asked integer NOT NULL,
  succeeded integer NOT NULL,
  failed integer NOT NULL,
  filtered integer NOT NULL,
  pending integer NOT NULL,
  unseen integer NOT NULL,
  searches integer NOT NULL,
  is_whole boolean NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  CHECK (asked = succeeded + failed + filtered + pending + unseen)
);
COMMENT ON TABLE confirmation IS 'One row per run that asked Redox what became of accepted messages.';
COMMENT ON COLUMN confirmation.run_number IS 'The run.';
COMMENT ON COLUMN confirmation.asked IS 'Accepted calls that it asked about.';
COMMENT ON COLUMN confirmation.succeeded IS 'Those that reached the repository.';
COMMENT ON COLUMN confirmation.failed IS 'Those that failed inside Redox.';
COMMENT ON COLUMN confirmation.filtered IS 'Those that a filter in the dashboard dropped.';
COMMENT ON COLUMN confirmation.pending IS 'Those on their way, including those without a log yet.';
COMMENT ON COLUMN confirmation.unseen IS 'Those without a log after CONFIRM_WITHIN.';
COMMENT ON COLUMN confirmation.searches IS 'Queries of the Platform API.';
COMMENT ON COLUMN confirmation.is_whole IS 'False: time or queries ran out, and the next run goes on.';
COMMENT ON COLUMN confirmation.recorded_at IS 'When it ended.';

CREATE TABLE queue_trouble (
  run_number integer NOT NULL REFERENCES run ON DELETE CASCADE,
  data_model text NOT NULL CHECK (data_model IN ('PatientAdmin', 'Clinical Summary')),
  kind text NOT NULL CHECK (kind IN ('queue_stuck', 'queue_failing', 'logs_unreadable')),
  calls integer NOT NULL CHECK (calls > 0),
  since timestamptz NOT NULL,
  PRIMARY KEY (run_number, data_model, kind)
);
COMMENT ON TABLE queue_trouble IS 'One row per run, queue at Redox and kind of trouble that many calls share.';
COMMENT ON COLUMN queue_trouble.run_number IS 'The run that found it.';
COMMENT ON COLUMN queue_trouble.data_model IS 'Redox has one queue per data model.';
COMMENT ON COLUMN queue_trouble.kind IS 'queue_stuck: messages wait longer than CONFIRM_WITHIN. queue_failing: many fail alike. logs_unreadable: the logs cannot be read.';
COMMENT ON COLUMN queue_trouble.calls IS 'The calls concerned.';
COMMENT ON COLUMN queue_trouble.since IS 'When the oldest of them was accepted.';

CREATE TABLE platform_query (
  query_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX platform_query_recorded_at ON platform_query (recorded_at);
COMMENT ON TABLE platform_query IS 'One row per query of the Platform API in the last day: Redox counts calls per client address, so the rate limit counts these too.';
COMMENT ON COLUMN platform_query.query_id IS 'Key.';
COMMENT ON COLUMN platform_query.recorded_at IS 'When it was recorded, after its end and by the ledger''s clock.';

-- What audits read back from Redox. Of the answers only ids of the ledger, results and names of field groups are stored.

CREATE TABLE audit (
  run_number integer PRIMARY KEY REFERENCES run ON DELETE CASCADE,
  scope text NOT NULL CHECK (scope IN ('sample', 'all', 'only')),
  seed text,
  has_content boolean NOT NULL,
  counts jsonb NOT NULL,
  queries integer NOT NULL DEFAULT 0,
  repaired integer,
  is_whole boolean NOT NULL DEFAULT false,
  round_started_at timestamptz,
  CHECK ((seed IS NOT NULL) = (scope = 'sample')),
  CHECK ((round_started_at IS NOT NULL) = (scope = 'all'))
);
COMMENT ON TABLE audit IS 'One row per run of audit.';
COMMENT ON COLUMN audit.run_number IS 'The run.';
COMMENT ON COLUMN audit.scope IS 'sample: a random sample · all: a part of a round over all patients · only: a list.';
COMMENT ON COLUMN audit.seed IS 'The seed of the sample, with which the same patients are drawn again; otherwise null.';
COMMENT ON COLUMN audit.has_content IS 'True: each document was read too.';
COMMENT ON COLUMN audit.counts IS 'Patients and documents by result, stored with each page: see src/decide/audit/counts.ts.';
COMMENT ON COLUMN audit.queries IS 'Queries made.';
COMMENT ON COLUMN audit.repaired IS 'Rows that --repair made owed; null without --repair.';
COMMENT ON COLUMN audit.is_whole IS 'True: it looked at all that it was to look at.';
COMMENT ON COLUMN audit.round_started_at IS 'Start of the round; null for other scopes.';

CREATE TABLE audit_line (
  run_number integer NOT NULL REFERENCES run,
  entity text NOT NULL CHECK (entity IN ('patient', 'merge', 'encounter', 'summary')),
  entity_id text COLLATE "C" NOT NULL,
  patient_id text COLLATE "C" NOT NULL,
  result text NOT NULL CHECK (
    result IN ('found', 'not_findable', 'differs', 'missing', 'unexpected', 'not_yet_synced', 'unanswered')
  ),
  detail text,
  differing_groups text[],
  documents integer,
  PRIMARY KEY (run_number, entity, entity_id)
);
COMMENT ON TABLE audit_line IS 'One row per patient that an audit looked at, and per document and merge of theirs that was not found as it was sent.';
COMMENT ON COLUMN audit_line.run_number IS 'The run.';
COMMENT ON COLUMN audit_line.entity IS 'patient, merge, encounter or summary.';
COMMENT ON COLUMN audit_line.entity_id IS 'Its key in the EHR; for a merge the retired patient.';
COMMENT ON COLUMN audit_line.patient_id IS 'The patient who has it at Redox; for a merge the survivor.';
COMMENT ON COLUMN audit_line.result IS 'See reports/README.md.';
COMMENT ON COLUMN audit_line.detail IS 'The particular case, from a closed list; null if the result is enough.';
COMMENT ON COLUMN audit_line.differing_groups IS 'Field groups that differ, and version for an older version of a document; otherwise null.';
COMMENT ON COLUMN audit_line.documents IS 'For a patient: how many of the ledger''s documents Redox has; otherwise null.';

CREATE TABLE audit_look (
  patient_id text COLLATE "C" PRIMARY KEY,
  looked_at timestamptz NOT NULL,
  documents integer NOT NULL,
  has_content boolean NOT NULL
);
COMMENT ON TABLE audit_look IS 'One row per patient that an audit has assessed: its last look.';
COMMENT ON COLUMN audit_look.patient_id IS 'Key in the EHR.';
COMMENT ON COLUMN audit_look.looked_at IS 'When the last look was stored.';
COMMENT ON COLUMN audit_look.documents IS 'Documents assessed with it.';
COMMENT ON COLUMN audit_look.has_content IS 'True: each document was read too.';

CREATE TABLE audit_finding (
  entity text NOT NULL CHECK (entity IN ('patient', 'merge', 'encounter', 'summary')),
  entity_id text COLLATE "C" NOT NULL,
  patient_id text COLLATE "C" NOT NULL,
  looks text[] NOT NULL CHECK (cardinality(looks) > 0),
  found_at timestamptz NOT NULL,
  owed_for text[] NOT NULL DEFAULT '{}',
  PRIMARY KEY (entity, entity_id)
);
CREATE INDEX audit_finding_owed ON audit_finding (entity, entity_id) WHERE owed_for <> '{}';
COMMENT ON TABLE audit_finding IS 'One row per row that was missing at Redox or differed there at its last look. A look that finds it as it was sent deletes the row.';
COMMENT ON COLUMN audit_finding.entity IS 'patient, merge, encounter or summary.';
COMMENT ON COLUMN audit_finding.entity_id IS 'Its key in the EHR; for a merge the retired patient.';
COMMENT ON COLUMN audit_finding.patient_id IS 'The patient who has it at Redox; for a merge the survivor.';
COMMENT ON COLUMN audit_finding.looks IS 'How it looked: missing, or the field groups that differ.';
COMMENT ON COLUMN audit_finding.found_at IS 'When that was found.';
COMMENT ON COLUMN audit_finding.owed_for IS 'All that it was owed for by --repair; empty if it never was. A row that looks no worse after it was sent again is for a person, and is never owed for it again.';

CREATE TABLE audit_round (
  started_at timestamptz PRIMARY KEY,
  has_content boolean NOT NULL,
  finished_at timestamptz
);
COMMENT ON TABLE audit_round IS 'One row per round of audit --all over all patients; it may take several nights.';
COMMENT ON COLUMN audit_round.started_at IS 'When it began: a patient looked at since then has been looked at in this round.';
COMMENT ON COLUMN audit_round.has_content IS 'True: each document is read too.';
COMMENT ON COLUMN audit_round.finished_at IS 'When it ended or was given up for another; null while patients are left.';

CREATE TABLE audit_query (
  audit_query_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  queries integer NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX audit_query_recorded_at ON audit_query (recorded_at);
COMMENT ON TABLE audit_query IS 'One row per page of an audit in the last day: Redox counts calls per client address, so the rate limit counts queries too.';
COMMENT ON COLUMN audit_query.audit_query_id IS 'Key.';
COMMENT ON COLUMN audit_query.queries IS 'Queries made for the page.';
COMMENT ON COLUMN audit_query.recorded_at IS 'When the page was stored: after their end, and by the ledger''s clock.';

CREATE TABLE data_quality (
  data_quality_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_number integer NOT NULL REFERENCES run,
  entity text NOT NULL CHECK (entity IN ('patient', 'merge', 'encounter', 'summary', 'file')),
  entity_id text COLLATE "C" NOT NULL,
  patient_id text COLLATE "C",
  kind text NOT NULL,
  column_name text,
  line bigint
);
CREATE INDEX data_quality_run ON data_quality (run_number);
COMMENT ON TABLE data_quality IS 'One row per value or line that could not be used unchanged.';
COMMENT ON COLUMN data_quality.data_quality_id IS 'Key.';
COMMENT ON COLUMN data_quality.run_number IS 'The run that found it.';
COMMENT ON COLUMN data_quality.entity IS 'patient, merge, encounter or summary; file for a line of an extract.';
COMMENT ON COLUMN data_quality.entity_id IS 'The row''s key in the EHR; for a line of an extract the file''s name.';
COMMENT ON COLUMN data_quality.patient_id IS 'The patient concerned; null if unknown.';
COMMENT ON COLUMN data_quality.kind IS 'The kind of problem, from a closed list: see reports/README.md.';
COMMENT ON COLUMN data_quality.column_name IS 'Column of the contract; null for a whole line.';
COMMENT ON COLUMN data_quality.line IS 'Line in the file, from 1.';

CREATE TABLE acknowledged (
  run_number integer NOT NULL REFERENCES run,
  line bigint NOT NULL,
  entity text NOT NULL CHECK (entity IN ('patient', 'merge', 'encounter', 'file')),
  entity_id text COLLATE "C" NOT NULL,
  patient_id text COLLATE "C",
  kind text NOT NULL,
  delivered_at timestamptz,
  row_updated_at timestamptz,
  PRIMARY KEY (run_number, line)
);
COMMENT ON TABLE acknowledged IS 'One row per line that a run of acknowledge read, with its result.';
COMMENT ON COLUMN acknowledged.run_number IS 'The run that read it.';
COMMENT ON COLUMN acknowledged.line IS 'Line in the file, from 1.';
COMMENT ON COLUMN acknowledged.entity IS 'patient, merge or encounter; file if the line has no row.';
COMMENT ON COLUMN acknowledged.entity_id IS 'Key in the EHR; for a merge the retired patient; empty if the line has no row.';
COMMENT ON COLUMN acknowledged.patient_id IS 'The patient concerned, for a merge the survivor; null if unknown.';
COMMENT ON COLUMN acknowledged.kind IS 'told, or why the line does not count: see reports/README.md.';
COMMENT ON COLUMN acknowledged.delivered_at IS 'When the other sender delivered it; null if the line is unreadable.';
COMMENT ON COLUMN acknowledged.row_updated_at IS 'updated_at of the row in the EHR, for a merge merged_at; null if the EHR has none.';

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
COMMENT ON COLUMN source_file.table_name IS 'The table under which the contract reads it.';
COMMENT ON COLUMN source_file.line_count IS 'Records in the file, read or left out.';
COMMENT ON COLUMN source_file.row_count IS 'Records that were read.';
COMMENT ON COLUMN source_file.byte_count IS 'Size of the file.';
COMMENT ON COLUMN source_file.modified_at IS 'When the file was last written, by its own clock.';
COMMENT ON COLUMN source_file.damaged_fields IS 'Fields with unreadable bytes, in records that were read.';
COMMENT ON COLUMN source_file.age IS 'too_old: older than EXTRACT_MAX_AGE. older_than_others: much older than the newest file beside it. Null: neither.';

CREATE TABLE source_gap (
  run_number integer NOT NULL REFERENCES run ON DELETE CASCADE,
  file text COLLATE "C" NOT NULL,
  reason text COLLATE "C" NOT NULL,
  line_count bigint NOT NULL,
  first_lines bigint[] NOT NULL,
  PRIMARY KEY (run_number, file, reason)
);
COMMENT ON TABLE source_gap IS 'One row per file and reason with lines left out.';
COMMENT ON COLUMN source_gap.run_number IS 'The run.';
COMMENT ON COLUMN source_gap.file IS 'Name of the file in its folder.';
COMMENT ON COLUMN source_gap.reason IS 'From a closed list: see reports/README.md.';
COMMENT ON COLUMN source_gap.line_count IS 'How many lines.';
COMMENT ON COLUMN source_gap.first_lines IS 'The first of them, counted from 1 as an editor does.';

-- The organisation's record in the Carequality directory.

-- The last registered record, and every POST of it. The record is public and contains no patient data.
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
COMMENT ON TABLE organization IS 'One row per organisation that was sent, or may have been sent, to this ledger''s target.';
COMMENT ON COLUMN organization.oid IS 'Its OID: its key in the directory.';
COMMENT ON COLUMN organization.registered IS 'The record that the directory last accepted, as sent, without Active; null if it accepted none from here.';
COMMENT ON COLUMN organization.active IS 'Active of that record; false: deactivated.';
COMMENT ON COLUMN organization.registered_at IS 'When the directory accepted it.';
COMMENT ON COLUMN organization.is_certain IS 'False: a later call had no certain answer, so the directory may have that record instead.';
COMMENT ON COLUMN organization.last_event IS 'Redox''s event type of the last call.';
COMMENT ON COLUMN organization.last_state IS 'Its state: see "The life of a call" in ARCHITECTURE.md.';
COMMENT ON COLUMN organization.last_reason IS 'The reason for the state, from a closed list; null if the state is enough.';
COMMENT ON COLUMN organization.last_run IS 'The run that made it; null once that run was pruned.';
COMMENT ON COLUMN organization.sending_at IS 'When its `sending` was committed: before the first byte left.';

CREATE TABLE organization_attempt (
  run_number integer NOT NULL REFERENCES run ON DELETE CASCADE,
  number smallint NOT NULL CHECK (number > 0),
  oid text COLLATE "C" NOT NULL,
  started_at timestamptz NOT NULL,
  finished_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  result text NOT NULL CHECK (result IN ('accepted', 'rejected', 'not_taken', 'ambiguous')),
  http_status smallint,
  reason text,
  detail text,
  redox_log_id text,
  PRIMARY KEY (run_number, number)
);
CREATE INDEX organization_attempt_recorded_at ON organization_attempt (recorded_at);
COMMENT ON TABLE organization_attempt IS 'One row per POST about an organisation; a run makes one such call. Otherwise as the table attempt.';
COMMENT ON COLUMN organization_attempt.run_number IS 'The run that made it.';
COMMENT ON COLUMN organization_attempt.number IS 'Counts from 1 within the run.';
COMMENT ON COLUMN organization_attempt.oid IS 'The organisation.';
COMMENT ON COLUMN organization_attempt.started_at IS 'When it was sent.';
COMMENT ON COLUMN organization_attempt.finished_at IS 'When the answer was read or the wait ended, by the clock of the job''s machine.';
COMMENT ON COLUMN organization_attempt.recorded_at IS 'When it was recorded, after its end and by the ledger''s clock; the rate limit counts from then, across restarts (decision 17).';
COMMENT ON COLUMN organization_attempt.result IS 'accepted, rejected and not_taken are certain; not_taken may be retried; ambiguous is uncertain.';
COMMENT ON COLUMN organization_attempt.http_status IS 'Null without an answer.';
COMMENT ON COLUMN organization_attempt.reason IS 'From a closed list, e.g. http_504, timeout, connection_refused.';
COMMENT ON COLUMN organization_attempt.detail IS 'The text of Redox or the directory, in allowed words; everything else masked.';
COMMENT ON COLUMN organization_attempt.redox_log_id IS 'Finds the attempt in Redox''s log inspector.';

CREATE TABLE directory_check (
  run_number integer PRIMARY KEY REFERENCES run ON DELETE CASCADE,
  oid text COLLATE "C" NOT NULL,
  result text NOT NULL CHECK (result IN ('agrees', 'differs', 'not_registered', 'unread')),
  fields text[] NOT NULL,
  checked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  since timestamptz NOT NULL,
  CHECK ((result = 'differs') = (cardinality(fields) > 0))
);
COMMENT ON TABLE directory_check IS 'One row per run that compared the organisation''s record in the directory with its file.';
COMMENT ON COLUMN directory_check.run_number IS 'The run.';
COMMENT ON COLUMN directory_check.oid IS 'The organisation.';
COMMENT ON COLUMN directory_check.result IS 'agrees · differs · not_registered: the directory lacks it · unread: the directory gave no readable answer.';
COMMENT ON COLUMN directory_check.fields IS 'The fields that differ, as paths.';
COMMENT ON COLUMN directory_check.checked_at IS 'When.';
COMMENT ON COLUMN directory_check.since IS 'The first of the checks in a row with this result.';

-- The state of the site.

-- The site's health after each job, and the last alert: an alert is sent only when the health changes.
CREATE TABLE health_record (
  health_record_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  recorded_at timestamptz NOT NULL,
  job text NOT NULL,
  plan_only boolean NOT NULL,
  run_id text COLLATE "C",
  due_at timestamptz NOT NULL,
  started_at timestamptz NOT NULL,
  exit_code smallint NOT NULL,
  reasons text[] NOT NULL,
  person_lines integer,
  findable_share double precision CHECK (findable_share BETWEEN 0 AND 1),
  missed_rows integer,
  alerted_state text NOT NULL CHECK (alerted_state IN ('ok', 'needs_person', 'failing')),
  alerted_reasons text[] NOT NULL,
  alerted_at timestamptz
);
COMMENT ON TABLE health_record IS 'One row per health check after a job, also for a job that ended before it had a run. Kept for 90 days.';
COMMENT ON COLUMN health_record.health_record_id IS 'Key, in the order of recording.';
COMMENT ON COLUMN health_record.recorded_at IS 'When the job ended, by the clock of its machine.';
COMMENT ON COLUMN health_record.job IS 'nightly, intraday, apply or watchdog.';
COMMENT ON COLUMN health_record.plan_only IS 'True: a plan-only job.';
COMMENT ON COLUMN health_record.run_id IS 'Its run, which may have been pruned since; null if it ended before it had one.';
COMMENT ON COLUMN health_record.due_at IS 'When it was due, by schedule or --due; otherwise its start.';
COMMENT ON COLUMN health_record.started_at IS 'When it started.';
COMMENT ON COLUMN health_record.exit_code IS 'See the README.';
COMMENT ON COLUMN health_record.reasons IS 'The reasons of this job alone for alerting a person, from the closed list in src/decide/health.ts.';
COMMENT ON COLUMN health_record.person_lines IS 'Lines of its open-actions.csv that need a person, known ones too; null unless it is a night that wrote them.';
COMMENT ON COLUMN health_record.findable_share IS 'Share of the assessed patients that others can find; null unless it is such a night, and without assessed patients.';
COMMENT ON COLUMN health_record.missed_rows IS 'Rows that changed without a newer updated_at; null unless it is such a night.';
COMMENT ON COLUMN health_record.alerted_state IS 'The state of the site in the last alert.';
COMMENT ON COLUMN health_record.alerted_reasons IS 'The reasons in the last alert.';
COMMENT ON COLUMN health_record.alerted_at IS 'The time of the last alert; null if there was none.';

-- The stage: the rows of the current run's scan. Unlogged, so empty after a crash of Postgres; a plan first asserts that as many rows are
-- staged as were scanned (decision 9). Emptied at every start; the sweeps' stage is kept, see below.

CREATE UNLOGGED TABLE stage_patient (
  entity_id text COLLATE "C",
  mrn text COLLATE "C",
  updated_at timestamptz,
  fault text COLLATE "C",
  understood smallint,
  unreadable smallint,
  has_summary boolean NOT NULL DEFAULT false,
  fingerprint uuid NOT NULL,
  asked boolean NOT NULL,
  chunk_id bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE stage_patient IS 'One row per patient row that the current run scanned.';
COMMENT ON COLUMN stage_patient.entity_id IS 'Key in the EHR; null is reported.';
COMMENT ON COLUMN stage_patient.mrn IS 'The MRN; null if it is the key.';
COMMENT ON COLUMN stage_patient.updated_at IS 'As an instant; null if the contract has none.';
COMMENT ON COLUMN stage_patient.fault IS 'Why the row is unusable, by its own columns: see src/contract/row/row-fault.ts. Null if it is usable.';
COMMENT ON COLUMN stage_patient.understood IS 'Bits of the columns that were understood: see src/contract/row/understood.ts.';
COMMENT ON COLUMN stage_patient.unreadable IS 'Bits of the columns that were filled and not understood.';
COMMENT ON COLUMN stage_patient.has_summary IS 'Whether summary_version has a value.';
COMMENT ON COLUMN stage_patient.fingerprint IS 'Of the row, without updated_at.';
COMMENT ON COLUMN stage_patient.asked IS 'False: read only because another row depends on it.';
COMMENT ON COLUMN stage_patient.chunk_id IS 'The chunk in which it was scanned; 0 outside of sweeps.';

CREATE UNLOGGED TABLE stage_encounter (
  entity_id text COLLATE "C",
  patient_id text COLLATE "C",
  status text COLLATE "C" NOT NULL,
  updated_at timestamptz,
  fault text COLLATE "C",
  fingerprint uuid NOT NULL,
  asked boolean NOT NULL,
  chunk_id bigint NOT NULL DEFAULT 1
);
COMMENT ON TABLE stage_encounter IS 'One row per visit row that the current run scanned.';
COMMENT ON COLUMN stage_encounter.entity_id IS 'Key in the EHR; null is reported.';
COMMENT ON COLUMN stage_encounter.patient_id IS 'Its patient in the EHR; null is reported.';
COMMENT ON COLUMN stage_encounter.status IS 'planned, open, finished or cancelled; unreadable for anything else.';
COMMENT ON COLUMN stage_encounter.updated_at IS 'As an instant; null if the contract has none.';
COMMENT ON COLUMN stage_encounter.fault IS 'As for a patient''s row.';
COMMENT ON COLUMN stage_encounter.fingerprint IS 'Of the row, without updated_at.';
COMMENT ON COLUMN stage_encounter.asked IS 'False: read only because another row depends on it.';
COMMENT ON COLUMN stage_encounter.chunk_id IS 'The chunk in which it was scanned; 1 outside of sweeps.';

CREATE UNLOGGED TABLE stage_merge (
  entity_id text COLLATE "C",
  surviving_patient_id text COLLATE "C",
  merged_at timestamptz,
  fault text COLLATE "C",
  asked boolean NOT NULL
);
COMMENT ON TABLE stage_merge IS 'One row per merge row of the EHR; read in full in every mode (decision 13).';
COMMENT ON COLUMN stage_merge.entity_id IS 'The retired patient; null is reported.';
COMMENT ON COLUMN stage_merge.surviving_patient_id IS 'The survivor; null is reported.';
COMMENT ON COLUMN stage_merge.merged_at IS 'The latest moment that it can mean; null if the contract has none.';
COMMENT ON COLUMN stage_merge.fault IS 'As for a patient''s row.';
COMMENT ON COLUMN stage_merge.asked IS 'False: outside the scope of a rerun.';

CREATE UNLOGGED TABLE stage_fault (
  entity text COLLATE "C" NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  fault text COLLATE "C" NOT NULL,
  row_count bigint NOT NULL,
  PRIMARY KEY (entity, entity_id)
);
COMMENT ON TABLE stage_fault IS 'One row per key with unusable staged rows, which are taken out of the stage.';
COMMENT ON COLUMN stage_fault.entity IS 'patient, merge or encounter.';
COMMENT ON COLUMN stage_fault.entity_id IS 'The key; empty for rows without one.';
COMMENT ON COLUMN stage_fault.fault IS 'missing_key, duplicate_key, missing_patient, missing_survivor, unreadable_status, shared_mrn, key_too_long, merge_unread, id_of_summary or a fault of the row''s own: see src/contract/row/row-fault.ts.';
COMMENT ON COLUMN stage_fault.row_count IS 'The number of those rows.';

CREATE UNLOGGED TABLE stage_retired (
  patient_id text COLLATE "C" PRIMARY KEY,
  survivor_id text COLLATE "C",
  fault text COLLATE "C",
  CHECK ((survivor_id IS NULL) = (fault IS NOT NULL))
);
COMMENT ON TABLE stage_retired IS 'One row per merged patient of the EHR, with the end of the chain.';
COMMENT ON COLUMN stage_retired.patient_id IS 'The retired patient.';
COMMENT ON COLUMN stage_retired.survivor_id IS 'The final survivor: a patient with a row in the EHR who is not merged.';
COMMENT ON COLUMN stage_retired.fault IS 'Why there is no survivor: merge_cycle, merge_without_survivor or duplicate_key.';

-- Unsent merges are found once; later statements read only these.
CREATE UNLOGGED TABLE stage_unsent_merge (
  patient_id text COLLATE "C" PRIMARY KEY
);
COMMENT ON TABLE stage_unsent_merge IS 'One row per retired patient with a merge that differs from what was sent, or cannot be sent.';
COMMENT ON COLUMN stage_unsent_merge.patient_id IS 'The retired patient.';

CREATE UNLOGGED TABLE stage_lane (
  patient_id text COLLATE "C" PRIMARY KEY,
  lane text COLLATE "C" NOT NULL
);
COMMENT ON TABLE stage_lane IS 'One row per patient with a lane other than the final survivor, because the ledger''s merges connect more patients.';
COMMENT ON COLUMN stage_lane.patient_id IS 'A patient who is not merged in the EHR, or has a chain without an end.';
COMMENT ON COLUMN stage_lane.lane IS 'The id of the person.';

-- Without an index: a million rows are joined by hash sooner than they are indexed.
CREATE UNLOGGED TABLE stage_rank (
  lane text COLLATE "C" NOT NULL,
  rank integer,
  waits boolean NOT NULL,
  is_corrected boolean NOT NULL,
  is_known boolean NOT NULL,
  active_at timestamptz,
  calls integer NOT NULL,
  new_patients integer NOT NULL,
  rebuilt_patients integer NOT NULL,
  new_encounters integer NOT NULL,
  rebuilt_encounters integer NOT NULL
);
COMMENT ON TABLE stage_rank IS 'One row per staged person, if the plan is large enough to be ranked.';
COMMENT ON COLUMN stage_rank.lane IS 'The id of the person.';
COMMENT ON COLUMN stage_rank.rank IS 'The person''s turn, from 1; null while the person waits. A number of order, never a time.';
COMMENT ON COLUMN stage_rank.waits IS 'True: the person''s turn is beyond PLAN_AHEAD or in a further part of the plan, so their rows have no call yet.';
COMMENT ON COLUMN stage_rank.is_corrected IS 'True: Redox has a wrong copy, or a due row has a history or no owner. Such a person never waits.';
COMMENT ON COLUMN stage_rank.is_known IS 'True: Redox may have one of the person''s patients.';
COMMENT ON COLUMN stage_rank.active_at IS 'The newest updated_at of their rows; null if none has one.';
COMMENT ON COLUMN stage_rank.calls IS 'Rows of the person that are due, but for those with a history.';
COMMENT ON COLUMN stage_rank.new_patients IS 'Patients of the person that Redox never had, and that are due.';
COMMENT ON COLUMN stage_rank.rebuilt_patients IS 'Patients that are due because a release or a setting builds another message of the same row.';
COMMENT ON COLUMN stage_rank.new_encounters IS 'Visits that Redox never had, and that are due.';
COMMENT ON COLUMN stage_rank.rebuilt_encounters IS 'Visits that are due because a release or a setting builds another message of the same row.';

CREATE UNLOGGED TABLE stage_wanted (
  entity text COLLATE "C" NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  asked boolean NOT NULL,
  PRIMARY KEY (entity, entity_id)
);
COMMENT ON TABLE stage_wanted IS 'One row per key to fetch and stage beside the scan: open rows and dependencies; and per summary to look at.';
COMMENT ON COLUMN stage_wanted.entity IS 'patient, encounter or summary; merge for one made in the window of a run.';
COMMENT ON COLUMN stage_wanted.entity_id IS 'Key in the EHR.';
COMMENT ON COLUMN stage_wanted.asked IS 'False: only because another row depends on it, or a merge.';

CREATE UNLOGGED TABLE stage_summary (
  entity_id text COLLATE "C" PRIMARY KEY,
  owner_id text COLLATE "C" NOT NULL,
  lane text COLLATE "C" NOT NULL,
  rank integer NOT NULL,
  presence text,
  was_certain boolean NOT NULL,
  is_candidate boolean NOT NULL,
  owner_differs boolean NOT NULL,
  is_sent_again boolean NOT NULL,
  is_touched boolean NOT NULL,
  can_be_sent boolean NOT NULL,
  open_since timestamptz,
  open_state text,
  open_log_status text,
  rejected_dates integer NOT NULL,
  is_ignored boolean NOT NULL
);
COMMENT ON TABLE stage_summary IS 'One row per summary that the current plan looks at.';
COMMENT ON COLUMN stage_summary.entity_id IS 'Its patient.';
COMMENT ON COLUMN stage_summary.owner_id IS 'The patient of the message: the final survivor.';
COMMENT ON COLUMN stage_summary.lane IS 'The id of the person.';
COMMENT ON COLUMN stage_summary.rank IS 'The person''s turn.';
COMMENT ON COLUMN stage_summary.presence IS 'As in the ledger; null if the summary was never looked at.';
COMMENT ON COLUMN stage_summary.was_certain IS 'Whether the ledger knows the document at Redox.';
COMMENT ON COLUMN stage_summary.is_candidate IS 'Whether its message is built and compared: the patient, a visit or a merge is due, or the summary is open.';
COMMENT ON COLUMN stage_summary.owner_differs IS 'Whether Redox has another patient''s content in it.';
COMMENT ON COLUMN stage_summary.is_sent_again IS 'Whether an interrupted run may have had it in flight.';
COMMENT ON COLUMN stage_summary.is_touched IS 'Whether this plan is the first to find a change of the patient, a visit or a merge.';
COMMENT ON COLUMN stage_summary.can_be_sent IS 'Whether the patient may have one: by summary_version, or without that column by a visit that Redox has or this plan sends; for a retired patient whether Redox may have the summary.';
COMMENT ON COLUMN stage_summary.open_since IS 'Owed since this time; null if it was not.';
COMMENT ON COLUMN stage_summary.open_state IS 'State of its open call; null without one.';
COMMENT ON COLUMN stage_summary.open_log_status IS 'For an accepted call that is open again: the status of its log at Redox.';
COMMENT ON COLUMN stage_summary.rejected_dates IS 'The number of dates on which Redox refused it.';
COMMENT ON COLUMN stage_summary.is_ignored IS 'Whether a person ignored it.';

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
COMMENT ON COLUMN stage_chunk.chunk_id IS 'Key. A sweep''s chunk has a key that is never used twice.';
COMMENT ON COLUMN stage_chunk.entity IS 'The entity of its rows.';
COMMENT ON COLUMN stage_chunk.digest IS 'Of the scanned bytes: 128 bits of a keyed SHA-256. Null once a row was taken out, so that the chunk is staged again.';
COMMENT ON COLUMN stage_chunk.row_count IS 'Number of staged rows.';
COMMENT ON COLUMN stage_chunk.unchanged IS 'Number of rows that equal what was sent; null if the chunk is not compared.';
COMMENT ON COLUMN stage_chunk.not_due IS 'Number of rows that are not due (unfinished and never sent, or retired); null if the chunk is not compared.';
COMMENT ON COLUMN stage_chunk.known IS 'Number of rows in the ledger; null if the chunk is not compared.';
COMMENT ON COLUMN stage_chunk.is_clean IS 'True if the chunk is compared and all its rows are unchanged or not due.';

CREATE UNLOGGED TABLE stage_acknowledged (
  line bigint NOT NULL,
  entity text COLLATE "C" NOT NULL,
  entity_id text COLLATE "C" NOT NULL,
  delivered_at timestamptz,
  fault text COLLATE "C",
  CHECK (delivered_at IS NOT NULL OR fault IS NOT NULL)
);
COMMENT ON TABLE stage_acknowledged IS 'One row per line of the file that the current run of acknowledge reads.';
COMMENT ON COLUMN stage_acknowledged.line IS 'Line in the file, from 1.';
COMMENT ON COLUMN stage_acknowledged.entity IS 'patient, merge or encounter; file if the line has no row.';
COMMENT ON COLUMN stage_acknowledged.entity_id IS 'Key in the EHR; for a merge the retired patient; empty if the line has no row.';
COMMENT ON COLUMN stage_acknowledged.delivered_at IS 'When the other sender delivered it; null if the line is unreadable.';
COMMENT ON COLUMN stage_acknowledged.fault IS 'Why the line cannot count, by its own columns; null if it can.';

CREATE UNLOGGED TABLE stage_lost_call (
  entity text NOT NULL CHECK (entity IN ('patient', 'merge', 'encounter', 'summary')),
  entity_id text COLLATE "C" NOT NULL,
  patient_id text COLLATE "C" NOT NULL
);
COMMENT ON TABLE stage_lost_call IS 'One row per call in calls.csv of a run that the ledger lacks or lacks the end of.';
COMMENT ON COLUMN stage_lost_call.entity IS 'patient, merge, encounter or summary.';
COMMENT ON COLUMN stage_lost_call.entity_id IS 'Its key in the EHR; for a merge the retired patient.';
COMMENT ON COLUMN stage_lost_call.patient_id IS 'The patient concerned; for a merge the survivor.';

CREATE UNLOGGED TABLE stage_doubtful (
  patient_id text COLLATE "C" PRIMARY KEY
);
COMMENT ON TABLE stage_doubtful IS 'One row per patient for whom Redox may have received more than the ledger records.';
COMMENT ON COLUMN stage_doubtful.patient_id IS 'Key in the EHR.';

-- Functions of the statements and the reports.

-- An MRN may be retired only while it belongs to this patient, because the merge takes the record of its current patient along.
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
COMMENT ON FUNCTION mrn_is_anothers(text, text, text) IS 'Whether another patient, at Redox or in the EHR, has this MRN: one other than these two and not merged into the second.';

-- The result of a call for the run that planned it, in the words of the reports. The call's state keeps changing after the run: a newer
-- plan makes a call that was never started `superseded`, and the next start makes one in `sending` `unknown`. Reports show the same
-- result before and after.
CREATE FUNCTION call_kind(state text, reason text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT CASE
    WHEN state = 'planned' OR (state = 'superseded' AND reason IN ('newer_plan', 'new_target')) THEN 'not_started'
    WHEN state = 'sending' THEN 'unknown'
    ELSE state
  END
$$;
COMMENT ON FUNCTION call_kind(text, text) IS 'The result of a call for the run that planned it: see reports/README.md.';

-- Reads `call_order` from the last call on, even if Postgres has no statistics of the new plan yet: with a sort, every page would read all
-- remaining calls, and the time would grow with their square.
CREATE FUNCTION planned_calls_after(
  run integer, after_rank integer, after_lane text, after_position smallint, after_call bigint, lanes text[], is_theirs boolean,
  most integer
) RETURNS SETOF call
LANGUAGE sql STABLE
SET enable_sort = off
SET enable_bitmapscan = off
SET enable_seqscan = off
AS $$
  SELECT *
  FROM call
  WHERE run_number = run
    AND (rank, lane, position, call_id)
      > (coalesce(after_rank, -2147483648), coalesce(after_lane, ''), coalesce(after_position, 0::smallint), coalesce(after_call, 0))
    AND state = 'planned'
    AND (lane = ANY (lanes)) = is_theirs
  ORDER BY rank, lane, position, call_id
  LIMIT most
$$;
COMMENT ON FUNCTION planned_calls_after(integer, integer, text, smallint, bigint, text[], boolean, integer) IS 'The next planned calls of a run in sending order, after this one or from the first on.';

-- Why a patient is not sent now, so that dependent rows wait: null if Redox has the patient under this MRN, or if the patient can be
-- sent in the same night.
CREATE FUNCTION patient_waits(waiting_id text, waiting_mrn text, waiting_fingerprint uuid, version integer, most_dates integer) RETURNS text
LANGUAGE sql STABLE
AS $$
  SELECT CASE
    WHEN EXISTS (
      SELECT FROM patient p WHERE p.patient_id = waiting_id AND p.presence = 'present' AND p.mrn = waiting_mrn
    ) THEN NULL
    WHEN EXISTS (
      SELECT FROM ignored i
      WHERE i.entity = 'patient' AND i.entity_id = waiting_id AND i.row_fingerprint = waiting_fingerprint
    ) THEN 'ignored'
    WHEN EXISTS (
      SELECT FROM rejection x
      WHERE x.entity = 'patient'
        AND x.entity_id = waiting_id
        AND x.patient_fingerprint = waiting_fingerprint
        AND x.builder_version = version
        AND cardinality(x.dates) >= most_dates
    ) THEN 'rejected'
    WHEN (
      SELECT c.state
      FROM call c
      WHERE c.is_open AND c.entity = 'patient' AND c.entity_id = waiting_id
      ORDER BY c.call_id DESC
      LIMIT 1
    ) = 'unknown' THEN 'unknown'
  END
$$;
COMMENT ON FUNCTION patient_waits(text, text, uuid, integer, integer) IS 'Why a patient who is not at Redox under this MRN is not sent: ignored, rejected, unknown (if those are on hold), or null.';

-- The format of values in CSV reports, so that Postgres itself writes the files with COPY. One function per column type; reports/README.md
-- has the rules.

-- A spreadsheet runs a text that begins like a formula ("CSV injection", OWASP). A leading ' makes it a text again. A text that already
-- looks defused gets one more, so that undoing restores the same text. The numbers are a tab, the two line breaks, + - = @ and the
-- full-width forms of these four. An empty text counts as none.
CREATE FUNCTION csv_field(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT CASE
    -- Fast path: nearly every text begins with none of these.
    WHEN ascii(value) NOT IN (0, 9, 10, 13, 39, 43, 45, 61, 64, 65291, 65293, 65309, 65312) THEN value
    WHEN ascii(ltrim(value, '''')) IN (9, 10, 13, 43, 45, 61, 64, 65291, 65293, 65309, 65312) THEN '''' || value
    ELSE nullif(value, '')
  END
$$;
COMMENT ON FUNCTION csv_field(text) IS 'A text in the format of the CSV reports: defused if a spreadsheet would take it for a formula.';

-- Postgres has infinity and times without a usual notation; a CSV has neither. An interval, because a zone's name is looked up for each value.
CREATE FUNCTION csv_field(value timestamptz) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT CASE
    WHEN value >= '0001-01-01 00:00:00+00' AND value < '10000-01-01 00:00:00+00'
    THEN to_char(value AT TIME ZONE INTERVAL '0', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  END
$$;
COMMENT ON FUNCTION csv_field(timestamptz) IS 'A time in the format of the CSV reports: UTC, ISO 8601 with milliseconds.';

CREATE FUNCTION csv_field(value boolean) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT value::text
$$;
COMMENT ON FUNCTION csv_field(boolean) IS 'A boolean in the format of the CSV reports: true or false.';

CREATE FUNCTION csv_field(value bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT value
$$;
COMMENT ON FUNCTION csv_field(bigint) IS 'A whole number in the format of the CSV reports: unchanged.';

CREATE FUNCTION plain_id(id text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT ltrim(lower(regexp_replace(id, '[\s\u00a0\u200b\u200c\u200d\u2060\ufeff]+', '', 'g')), '0')
$$;
COMMENT ON FUNCTION plain_id(text) IS 'An id without blanks, case and leading zeros: two ids with one plain form may be one id in two spellings. Never used for a join.';

-- The stage of sweeps is kept between them, in chunks: unchanged chunks are neither written nor compared again. Sweeps find the stage in
-- a schema of their own first, so a narrower run in between has its own stage and does not touch theirs.
--
-- A chunk is a stretch of a scan, recognised by a keyed digest of its bytes. It is compared once its rows were compared with the ledger,
-- and while nothing that the comparison used has changed:
--
--   staged ──▶ compared        each plan compares the others
--   compared ──▶ staged        a row of the ledger was written (dirty_row), a merge changed, one of its rows is unusable
--
-- All tables here are unlogged, including `dirty_row`: after a crash of Postgres all are empty, and the next sweep stages and compares
-- every row.

-- Removes the stage of a former ledger in this database.
DROP SCHEMA IF EXISTS redox_reconcile_sweep CASCADE;
CREATE SCHEMA redox_reconcile_sweep;
COMMENT ON SCHEMA redox_reconcile_sweep IS 'The stage of sweeps, kept between them.';

CREATE UNLOGGED TABLE redox_reconcile_sweep.stage_patient (LIKE stage_patient INCLUDING ALL);
CREATE UNLOGGED TABLE redox_reconcile_sweep.stage_encounter (LIKE stage_encounter INCLUDING ALL);
CREATE UNLOGGED TABLE redox_reconcile_sweep.stage_chunk (LIKE stage_chunk INCLUDING ALL);
CREATE INDEX ON redox_reconcile_sweep.stage_patient (chunk_id);
-- For `mrn_is_anothers`. A hash index, because an MRN may be too long for any other.
CREATE INDEX ON redox_reconcile_sweep.stage_patient USING hash (coalesce(mrn, entity_id));
CREATE INDEX ON redox_reconcile_sweep.stage_encounter (chunk_id);
COMMENT ON TABLE redox_reconcile_sweep.stage_patient IS 'One row per patient row that the last sweep scanned.';
COMMENT ON TABLE redox_reconcile_sweep.stage_encounter IS 'One row per visit row that the last sweep scanned.';
COMMENT ON TABLE redox_reconcile_sweep.stage_chunk IS 'One row per chunk of the last sweep.';

CREATE SEQUENCE redox_reconcile_sweep.chunk_batch;
COMMENT ON SEQUENCE redox_reconcile_sweep.chunk_batch IS 'Numbers the scans of sweeps: the upper half of their chunks'' keys.';

CREATE UNLOGGED TABLE redox_reconcile_sweep.compared (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  builder_version integer NOT NULL,
  since timestamptz NOT NULL,
  run_id text COLLATE "C" NOT NULL
);
COMMENT ON TABLE redox_reconcile_sweep.compared IS 'How chunks were compared. One row after the first comparing sweep.';
COMMENT ON COLUMN redox_reconcile_sweep.compared.only_row IS 'Always true: a chunk that was compared under another version counts as not compared.';
COMMENT ON COLUMN redox_reconcile_sweep.compared.builder_version IS 'Version of the message builder with which the rows were compared.';
COMMENT ON COLUMN redox_reconcile_sweep.compared.since IS 'Every row was compared at this time or later.';
COMMENT ON COLUMN redox_reconcile_sweep.compared.run_id IS 'The last run that compared chunks. A ledger without this run was restored from an earlier backup.';

CREATE UNLOGGED TABLE redox_reconcile_sweep.compared_retired (
  patient_id text COLLATE "C" PRIMARY KEY,
  survivor_id text COLLATE "C"
);
COMMENT ON TABLE redox_reconcile_sweep.compared_retired IS 'One row per patient who was retired when the chunks were compared.';
COMMENT ON COLUMN redox_reconcile_sweep.compared_retired.patient_id IS 'The retired patient.';
COMMENT ON COLUMN redox_reconcile_sweep.compared_retired.survivor_id IS 'The final survivor; null if there was none.';

CREATE UNLOGGED TABLE redox_reconcile_sweep.dirty_row (
  entity text COLLATE "C" NOT NULL CHECK (entity IN ('patient', 'encounter')),
  entity_id text COLLATE "C" NOT NULL,
  PRIMARY KEY (entity, entity_id)
);
COMMENT ON TABLE redox_reconcile_sweep.dirty_row IS 'One row per row of the ledger that was written since the chunks were compared.';
COMMENT ON COLUMN redox_reconcile_sweep.dirty_row.entity IS 'patient or encounter.';
COMMENT ON COLUMN redox_reconcile_sweep.dirty_row.entity_id IS 'Its key; empty for all rows of the entity.';

-- Every statement that writes a row of the ledger marks it dirty. Very many rows are marked as all rows. For a changed key, the former
-- key is marked too.
CREATE FUNCTION note_dirty() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  -- TRUNCATE has no transition tables, so statements that read them are in the other branches.
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
COMMENT ON FUNCTION note_dirty() IS 'Records which rows of the ledger a statement has written, for the next sweep.';

CREATE TRIGGER note_inserted AFTER INSERT ON patient REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION note_dirty();
CREATE TRIGGER note_updated AFTER UPDATE ON patient REFERENCING OLD TABLE AS former NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION note_dirty();
CREATE TRIGGER note_deleted AFTER DELETE ON patient REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION note_dirty();
CREATE TRIGGER note_truncated AFTER TRUNCATE ON patient FOR EACH STATEMENT EXECUTE FUNCTION note_dirty();
CREATE TRIGGER note_inserted AFTER INSERT ON encounter REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION note_dirty();
CREATE TRIGGER note_updated AFTER UPDATE ON encounter REFERENCING OLD TABLE AS former NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION note_dirty();
CREATE TRIGGER note_deleted AFTER DELETE ON encounter REFERENCING OLD TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION note_dirty();
CREATE TRIGGER note_truncated AFTER TRUNCATE ON encounter FOR EACH STATEMENT EXECUTE FUNCTION note_dirty();
