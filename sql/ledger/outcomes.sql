-- Records the outcomes of a batch of calls in one transaction: first the calls and the ledger rows, then the rejections,
-- attempts and findings. Only `record_outcomes` restores a row's fingerprints.

-- name: record_outcomes
-- Records outcomes, and updates what the ledger holds of patients and visits. - A certain answer restores the row's
-- fingerprints. - A call that was certainly not taken restores the earlier presence, as does one returned to `planned`
-- because a stop came before the first byte. An MRN that it named stays, because an earlier try may have been taken. - An
-- unknown outcome leaves the row void. An unknown merge also voids the retired patient's documents. - A row with a call
-- in flight at a crash is sent once more, by a later run than this one.
-- $1: a JSON array of outcomes (see src/ledger/record/recorded-rows.ts).
-- One row per recorded call.
WITH input AS (
  SELECT *
  FROM jsonb_to_recordset($1::jsonb) AS i (
    call_id bigint,
    state text,
    reason text,
    still_open boolean,
    attempts smallint,
    http_status smallint,
    redox_log_id text,
    log_id text,
    mrn text,
    former_mrns text[],
    row_patient_id text,
    row_fingerprint uuid,
    message_fingerprint uuid,
    group_fingerprints text,
    builder_version integer,
    match_faults text[],
    understood smallint,
    sent_death boolean,
    section_rows smallint[],
    section_digests integer[],
    changed_groups text[],
    finished_at timestamptz
  )
),
recorded AS (
  UPDATE call c
  SET
    state = i.state,
    reason = i.reason,
    is_open = i.still_open,
    attempts = i.attempts,
    http_status = i.http_status,
    redox_log_id = i.redox_log_id,
    log_id = i.log_id,
    changed_groups = CASE WHEN c.found_kind IN ('changed', 'silent_change') THEN i.changed_groups END,
    retired_mrns = CASE
      WHEN i.state = 'accepted' AND c.event_type = 'PatientMerge' AND c.entity = 'patient' THEN i.former_mrns
    END,
    finished_at = CASE WHEN i.state = 'planned' THEN NULL ELSE i.finished_at END,
    sending_at = CASE WHEN i.state = 'planned' THEN NULL ELSE c.sending_at END
  FROM input i
  -- The list repeats the join: without statistics of the table, the planner would read all of it for the join.
  WHERE c.call_id = ANY (ARRAY(SELECT call_id FROM input))
    AND c.call_id = i.call_id
    AND c.state IN ('planned', 'sending')
  RETURNING
    i.*, c.run_number, c.event_type, c.entity, c.entity_id, c.patient_id, c.presence_before,
    i.state IN ('accepted', 'unneeded') AS is_synced,
    -- What Redox has is as old as before: `confirm` recognises its message by this time.
    i.state = 'unneeded' AND i.reason IS NULL AS is_unasked,
    i.state IN ('rejected', 'failed', 'planned') AS is_not_taken
),
synced_patients AS (
  UPDATE patient p
  SET
    presence = 'present',
    merged_into = NULL,
    sent_into = NULL,
    former_mrns = CASE
      -- MRNs that were merged into another record stay there until a call of their own restores them.
      WHEN t.presence_before IN ('merged', 'merge_uncertain') THEN '{}'
      WHEN t.event_type = 'NewPatient' AND t.mrn <> p.mrn THEN array_append(array_remove(p.former_mrns, t.mrn), p.mrn)
      ELSE p.former_mrns
    END,
    mrn = CASE WHEN t.event_type = 'NewPatient' THEN t.mrn ELSE p.mrn END,
    row_fingerprint = t.row_fingerprint,
    message_fingerprint = t.message_fingerprint,
    group_fingerprints = decode(t.group_fingerprints, 'hex'),
    builder_version = t.builder_version,
    match_faults = t.match_faults,
    understood = t.understood,
    -- A NewPatient that only restores a record has no row, so a death sent earlier may still be at Redox.
    sent_death = CASE WHEN t.row_fingerprint IS NULL THEN p.sent_death ELSE t.sent_death END,
    section_rows = coalesce(t.section_rows, p.section_rows),
    section_digests = coalesce(t.section_digests, p.section_digests),
    synced_at = CASE WHEN t.is_unasked THEN coalesce(p.synced_at, t.finished_at) ELSE t.finished_at END,
    resent_after = CASE WHEN p.resent_after = 0 OR p.resent_after = t.run_number THEN t.run_number END
  FROM recorded t
  WHERE t.is_synced AND t.event_type IN ('NewPatient', 'PatientUpdate') AND p.patient_id = t.entity_id
),
new_mrns AS (
  UPDATE patient p
  SET former_mrns = ARRAY(SELECT unnest(p.former_mrns) EXCEPT SELECT unnest(t.former_mrns))
  FROM recorded t
  WHERE t.is_synced AND t.event_type = 'PatientMerge' AND t.entity = 'patient' AND p.patient_id = t.entity_id
),
merged AS (
  UPDATE patient p
  SET
    presence = CASE WHEN p.patient_id = t.entity_id THEN 'merged' ELSE p.presence END,
    merged_into = t.patient_id,
    sent_into = CASE WHEN p.patient_id = t.entity_id THEN t.patient_id ELSE p.sent_into END,
    row_fingerprint = NULL,
    message_fingerprint = NULL,
    group_fingerprints = NULL,
    match_faults = NULL,
    understood = NULL,
    sent_death = NULL,
    synced_at = t.finished_at,
    resent_after = NULL
  FROM recorded t
  WHERE t.is_synced AND t.entity = 'merge' AND (p.patient_id = t.entity_id OR p.merged_into = t.entity_id)
),
moved_documents AS (
  UPDATE encounter e
  SET filed_under = t.patient_id
  FROM recorded t
  WHERE t.is_synced
    AND t.entity = 'merge'
    AND e.filed_under = t.entity_id
    AND NOT EXISTS (SELECT FROM recorded v WHERE v.is_synced AND v.entity = 'encounter' AND v.entity_id = e.encounter_id)
),
-- Redox has either the old match keys or the new ones; after a rejection it has the old ones. A death that may have been sent
-- counts as sent.
doubtful_patients AS (
  UPDATE patient p
  SET match_faults = NULL, sent_death = CASE WHEN t.sent_death THEN true ELSE p.sent_death END
  FROM recorded t
  WHERE t.state = 'unknown' AND t.event_type IN ('NewPatient', 'PatientUpdate') AND p.patient_id = t.entity_id
),
lost_documents AS (
  UPDATE encounter e
  SET row_fingerprint = NULL, message_fingerprint = NULL, group_fingerprints = NULL
  FROM recorded t
  WHERE t.state = 'unknown'
    AND t.entity = 'merge'
    AND e.filed_under = t.entity_id
    AND NOT EXISTS (SELECT FROM recorded v WHERE v.is_synced AND v.entity = 'encounter' AND v.entity_id = e.encounter_id)
),
synced_visits AS (
  UPDATE encounter e
  SET
    presence = 'present',
    patient_id = t.row_patient_id,
    filed_under = t.patient_id,
    row_fingerprint = t.row_fingerprint,
    message_fingerprint = t.message_fingerprint,
    group_fingerprints = decode(t.group_fingerprints, 'hex'),
    builder_version = t.builder_version,
    section_rows = t.section_rows,
    section_digests = t.section_digests,
    synced_at = CASE WHEN t.is_unasked THEN coalesce(e.synced_at, t.finished_at) ELSE t.finished_at END,
    resent_after = CASE WHEN e.resent_after = 0 OR e.resent_after = t.run_number THEN t.run_number END
  FROM recorded t
  WHERE t.is_synced AND t.entity = 'encounter' AND e.encounter_id = t.entity_id
),
-- Redox keeps what it has; without rows it is sent none.
synced_summaries AS (
  INSERT INTO summary AS s (
    patient_id, presence, content_of, is_current, message_fingerprint, builder_version, section_rows, section_digests, synced_at
  )
  SELECT
    entity_id, CASE state WHEN 'accepted' THEN 'present' ELSE 'none' END, patient_id, true, message_fingerprint, builder_version,
    section_rows, section_digests, finished_at
  FROM recorded
  WHERE is_synced AND entity = 'summary'
  ON CONFLICT (patient_id) DO UPDATE
  SET
    presence = CASE s.presence WHEN 'none' THEN excluded.presence ELSE 'present' END,
    content_of = excluded.content_of,
    is_current = true,
    message_fingerprint = excluded.message_fingerprint,
    builder_version = excluded.builder_version,
    section_rows = excluded.section_rows,
    section_digests = excluded.section_digests,
    synced_at = (
      SELECT CASE WHEN t.is_unasked THEN coalesce(s.synced_at, t.finished_at) ELSE t.finished_at END
      FROM recorded t
      WHERE t.entity = 'summary' AND t.entity_id = s.patient_id
    ),
    resent_after = (
      SELECT CASE WHEN s.resent_after = 0 OR s.resent_after = t.run_number THEN t.run_number END
      FROM recorded t
      WHERE t.entity = 'summary' AND t.entity_id = s.patient_id
    )
),
lost_summaries AS (
  UPDATE summary s
  SET is_current = false, message_fingerprint = NULL
  FROM recorded t
  WHERE t.state = 'unknown' AND t.entity = 'merge' AND s.patient_id = t.entity_id
    AND NOT EXISTS (SELECT FROM recorded v WHERE v.is_synced AND v.entity = 'summary' AND v.entity_id = s.patient_id)
),
-- A row that was sent is no longer rejected or ignored. A message that failed inside Redox needs a log that succeeded.
no_longer_refused AS (
  DELETE FROM rejection x
  USING recorded t
  WHERE t.is_synced
    AND x.entity = t.entity
    AND x.entity_id = t.entity_id
    AND (t.state = 'unneeded' OR NOT x.undelivered)
    AND (x.event_type = 'PatientMerge') = (t.event_type = 'PatientMerge')
),
no_longer_ignored AS (
  DELETE FROM ignored i USING recorded t WHERE t.is_synced AND i.entity = t.entity AND i.entity_id = t.entity_id
),
never_there AS (
  DELETE FROM patient p
  USING recorded t
  WHERE t.is_not_taken AND t.presence_before IS NULL AND t.event_type = 'NewPatient' AND p.patient_id = t.entity_id
),
restored_patients AS (
  UPDATE patient p
  SET
    presence = t.presence_before,
    merged_into = CASE WHEN t.presence_before IN ('uncertain', 'present') THEN NULL ELSE p.merged_into END,
    sent_into = CASE WHEN t.presence_before IN ('uncertain', 'present') THEN NULL ELSE p.sent_into END
  FROM recorded t
  WHERE t.is_not_taken AND t.presence_before IS NOT NULL AND t.entity IN ('patient', 'merge') AND p.patient_id = t.entity_id
),
never_pushed AS (
  DELETE FROM encounter e
  USING recorded t
  WHERE t.is_not_taken AND t.presence_before IS NULL AND t.entity = 'encounter' AND e.encounter_id = t.entity_id
),
never_summarised AS (
  DELETE FROM summary s
  USING recorded t
  WHERE t.is_not_taken AND t.presence_before IS NULL AND t.entity = 'summary' AND s.patient_id = t.entity_id
),
restored_summaries AS (
  UPDATE summary s
  SET presence = t.presence_before
  FROM recorded t
  WHERE t.is_not_taken AND t.presence_before IS NOT NULL AND t.entity = 'summary' AND s.patient_id = t.entity_id
)
SELECT call_id FROM recorded;

-- name: count_rejections
-- Counts the dates on which Redox has refused a row unchanged; runs after `record_outcomes` in its transaction. A changed
-- row starts again at one, and a date counts once, even after several runs.
-- $1: run. $2: a JSON array of rejections (see src/ledger/record/recorded-rows.ts).
WITH input AS (
  SELECT c.call_id, c.entity, c.entity_id, c.event_type, c.patient_id, i.row_fingerprint, i.patient_fingerprint,
    i.builder_version, i.refused_on, i.refused_at
  FROM jsonb_to_recordset($2::jsonb) AS i (
    call_id bigint,
    row_fingerprint uuid,
    patient_fingerprint uuid,
    builder_version integer,
    refused_on date,
    refused_at timestamptz
  )
  JOIN call c ON c.call_id = i.call_id
),
counted AS (
  INSERT INTO rejection AS x (
    entity, entity_id, event_type, patient_id, row_fingerprint, patient_fingerprint, builder_version, dates, since, run_number
  )
  -- A patient's update and the merge of their former MRNs may both be rejected; that counts as one rejection of the row.
  SELECT DISTINCT ON (entity, entity_id)
    entity, entity_id, event_type, patient_id, row_fingerprint, patient_fingerprint, builder_version,
    ARRAY[refused_on], refused_at, $1::integer
  FROM input
  ORDER BY entity, entity_id, call_id
  ON CONFLICT (entity, entity_id) DO UPDATE
  SET (event_type, patient_id, row_fingerprint, patient_fingerprint, builder_version, dates, since, run_number) = (
    SELECT
      excluded.event_type, excluded.patient_id, excluded.row_fingerprint, excluded.patient_fingerprint, excluded.builder_version,
      CASE WHEN was.same AND was.counted THEN x.dates WHEN was.same THEN x.dates || excluded.dates ELSE excluded.dates END,
      CASE WHEN was.same THEN x.since ELSE excluded.since END,
      CASE WHEN was.same AND was.counted THEN x.run_number ELSE excluded.run_number END
    FROM (
      SELECT
        (x.patient_id, x.patient_fingerprint, x.builder_version)
          = (excluded.patient_id, excluded.patient_fingerprint, excluded.builder_version)
          AND x.row_fingerprint IS NOT DISTINCT FROM excluded.row_fingerprint AS same,
        excluded.dates <@ x.dates AS counted
    ) AS was
  )
  RETURNING entity, entity_id, cardinality(dates) AS dates
)
UPDATE call c
SET rejected_dates = counted.dates
FROM input JOIN counted ON counted.entity = input.entity AND counted.entity_id = input.entity_id
WHERE c.call_id = input.call_id;

-- name: keep_attempts
-- Stores the attempts of calls. $1: a JSON array of attempts (see src/ledger/record/recorded-rows.ts).
INSERT INTO attempt (call_id, number, started_at, finished_at, result, http_status, reason, detail, redox_log_id)
SELECT call_id, number, started_at, finished_at, result, http_status, reason, detail, redox_log_id
FROM jsonb_populate_recordset(NULL::attempt, $1::jsonb);

-- name: keep_findings
-- Stores data quality findings. $1: run. $2: a JSON array (see src/ledger/record/recorded-rows.ts).
INSERT INTO data_quality (run_number, entity, entity_id, patient_id, kind, column_name)
SELECT $1, entity, entity_id, patient_id, kind, column_name
FROM jsonb_populate_recordset(NULL::data_quality, $2::jsonb);

-- name: keep_objections
-- Stores a discrepancy for each invalid message, beside those of the plan. $1: run. $2: a JSON array (see
-- src/ledger/record/recorded-rows.ts).
INSERT INTO discrepancy (run_number, entity, entity_id, patient_id, kind, detail)
SELECT $1, entity, entity_id, patient_id, 'invalid', detail
FROM jsonb_populate_recordset(NULL::discrepancy, $2::jsonb);

-- name: forgive_rejections
-- Withdraws this run's rejections after the circuit breaker has tripped, because the rows were not at fault (decision
-- 10).
-- $1: run. $2: the reasons for which its calls failed alike.
WITH forgiven AS (
  UPDATE call SET rejected_dates = NULL
  WHERE run_number = $1 AND state = 'rejected' AND reason = ANY ($2::text[])
  RETURNING entity, entity_id
),
never_counted AS (
  DELETE FROM rejection x
  USING forgiven f
  WHERE x.entity = f.entity AND x.entity_id = f.entity_id AND x.run_number = $1 AND cardinality(x.dates) = 1
)
UPDATE rejection x
SET dates = x.dates[:cardinality(x.dates) - 1]
FROM forgiven f
WHERE x.entity = f.entity AND x.entity_id = f.entity_id AND x.run_number = $1 AND cardinality(x.dates) > 1;
