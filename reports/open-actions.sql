-- open-actions.csv: what is left to do, by a person or by the next run: everything that `advice` has a line for.
-- One row per call or discrepancy that needs attention. $1: run number.
WITH advice (kind, reason, needs, what_to_do) AS (
  -- A line without a reason covers every reason without a line of its own. reports/README.md shows this list.
  VALUES
    ('rejected', NULL, 'person', 'Read detail, or look up redox_log_id in Redox''s log inspector, and correct the row in the EHR; uncorrected, it is sent on three dates at most, and then held.'),
    ('rejected', 'http_403', 'person', 'Redox refuses this message with this key: correct the subscription, the key or REDOX_DESTINATION_ID.'),
    ('rejected', 'http_404', 'person', 'Redox does not have this address: correct REDOX_BASE_URL or REDOX_DESTINATION_ID.'),
    ('rejected', 'no_subscription', 'person', 'Redox has no subscription to this destination: correct REDOX_DESTINATION_ID, or have Redox set the subscription up.'),
    ('rejected', 'http_413', 'person', 'The message is too large for Redox: shorten the clinical sections of this visit in the contract.'),
    ('failed', NULL, 'next_run', 'Nothing: Redox did not take it, and the next run sends it again. If it persists, check the network and the key.'),
    ('unknown', NULL, 'next_run', 'Nothing: Redox may have it, so the next run sends the newest state again, or holds it if UNKNOWN_OUTCOME is hold.'),
    ('blocked', NULL, 'next_run', 'Nothing: it is sent after the call that it waits for.'),
    ('blocked', 'after_rejection', 'person', 'Fix the rejected or blocked call of the same person, which has its own line; then this one is sent.'),
    ('blocked', 'invalid_message', 'person', 'Read detail, which gives place and fault in the message: correct the row in the EHR or the contract''s query. If the row is right, report a bug.'),
    ('blocked', 'too_large', 'person', 'Shorten the section that detail names, in the contract; or raise DOCUMENT_SIZE_LIMIT if Redox takes more.'),
    ('blocked', 'implausible_visit', 'person', 'Read detail, and correct the visit''s times in the EHR; until then it is not pushed, and Redox keeps what it has.'),
    ('blocked', 'duplicate_key', 'person', 'Give each row a key of its own, in the EHR or in the contract''s query.'),
    ('blocked', 'patient_gone', 'person', 'Restore the patient''s row in the EHR, or correct the visit''s patient_id.'),
    ('superseded', 'row_changed', 'next_run', 'Nothing: the row has changed since it was planned, and the next run sends its newest state.'),
    ('not_started', NULL, 'next_run', 'Nothing: the run ended before its turn, and the next run continues.'),
    ('orphan', NULL, 'person', 'Fix the visit''s patient, listed here as well; then the visit is sent.'),
    ('orphan', 'missing_patient', 'person', 'Bring the patient''s row into the EHR, or correct the visit''s patient_id.'),
    ('orphan', 'similar_patient_id', 'person', 'Use one spelling of the patient''s id in the contract''s query: detail names a patient with an id that differs only in blanks, case or leading zeros.'),
    ('cancelled_after_push', NULL, 'person', 'Have the document withdrawn if it is wrong: Redox has no message for it.'),
    ('merge_cycle', NULL, 'person', 'Correct the merges in the EHR: they form a circle without a survivor.'),
    ('merge_without_survivor', NULL, 'person', 'Bring the survivor''s row into the EHR, or correct the merge.'),
    ('merge_undone', 'retired_row_gone', 'person', 'Restore the retired patient''s row in the EHR, so that it can be sent again, or have Redox separate the records.'),
    ('merge_repointed', 'retired_row_gone', 'person', 'Restore the retired patient''s row in the EHR, so that it can be sent again, or have Redox separate the records.'),
    ('merged', 'shared_mrn', 'person', 'Give each patient an MRN of their own; under this MRN the two patients'' data at Redox are indistinguishable.'),
    ('merge_repointed', 'shared_mrn', 'person', 'Give each patient an MRN of their own; under this MRN the two patients'' data at Redox are indistinguishable.'),
    ('duplicate_key', NULL, 'person', 'Give each row a key of its own, in the EHR or in the contract''s query.'),
    ('invalid', NULL, 'person', 'Correct the row in the EHR, or the contract''s query.'),
    ('invalid', 'missing_key', 'person', 'Give these rows a key, in the EHR or in the contract''s query.'),
    ('invalid', 'missing_patient', 'person', 'Give the visit a patient_id, in the EHR or in the contract''s query.'),
    ('invalid', 'missing_survivor', 'person', 'Give the merge a surviving_patient_id, in the EHR or in the contract''s query.'),
    ('invalid', 'shared_mrn', 'person', 'Give each patient an MRN of their own, or merge them in the EHR.'),
    ('invalid', 'key_too_long', 'person', 'Let the contract''s query give the key itself: no key of an EHR is that long.'),
    ('invalid', 'unreadable_status', 'person', 'Let the contract''s query give planned, open, finished or cancelled as status.'),
    ('invalid', 'id_of_summary', 'person', 'Give the visit another encounter_id, in the EHR or in the contract''s query: this one is the id of a patient''s summary.'),
    ('invalid', 'header_repeated', 'person', 'Nothing was sent: the row repeats the header line. Have the export write it only once.'),
    ('invalid', 'ruler', 'person', 'Nothing was sent: the row is a line under the header. Have the export leave it out.'),
    ('invalid', 'trailer', 'person', 'Nothing was sent: the row is a trailer or a total. Have the export leave it out.'),
    ('invalid', 'nothing_but_key', 'person', 'Fill the row in the EHR, or leave it out in the contract''s query: every column but its keys is empty.'),
    ('invalid', 'id_control_character', 'person', 'Let the contract''s query return the id as it is in the EHR: this one contains a control character.'),
    ('invalid', 'id_spreadsheet', 'person', 'Export the ids as text: a spreadsheet has written this one as a number or a formula.'),
    ('invalid', 'id_says_nothing', 'person', 'Give the row its id: it has a word such as NULL instead.'),
    ('unread', NULL, 'next_run', 'Nothing: Redox keeps what it has. Fix the file, which has its own line, and the next run continues.'),
    ('unread', 'section_damaged', 'person', 'Correct the section''s rows in the source: a visit''s id is unreadable, so this visit may lack a row. Redox keeps what it has.'),
    ('unread', 'damaged', 'person', 'Correct the row in the source: bytes of its id, a name, the birth date or the ZIP are unreadable. Redox keeps what it has.'),
    ('undelivered', 'filtered', 'person', 'Find the filter in the Redox dashboard that drops this message, and remove it; then rerun --only this file --force sends the row again.'),
    ('undelivered', 'unseen_again', 'person', 'Redox accepted this message twice and has no log of it: look redox_log_id of calls.csv up in the dashboard. rerun --only this file --force sends the row again.'),
    ('undelivered', 'queue_stuck', 'person', 'Messages wait at Redox longer than CONFIRM_WITHIN: look for a paused queue in the dashboard, mend its first failure and resume it.'),
    ('undelivered', 'queue_failing', 'person', 'Many messages failed alike inside Redox: look one up in the dashboard, and mend the cause with Redox. They are sent again once the queue works.'),
    ('undelivered', 'logs_unreadable', 'person', 'The logs at Redox cannot be read, so acceptance is not confirmed: run doctor, and check REDOX_ENVIRONMENT_ID and the rights of the user-level key.'),
    ('directory', 'differs', 'person', 'Others see another record in the Carequality directory than ORGANIZATION_FILE: detail names the fields. organization update sends the file, organization check compares again.'),
    ('directory', 'not_registered', 'person', 'The Carequality directory lacks this organisation, so others cannot find it: organization create registers it.'),
    ('directory', 'unread', 'person', 'The Carequality directory gave no readable answer: organization check with ORGANIZATION_FILE says why. The next nightly asks again.'),
    ('missing_at_redox', NULL, 'person', 'Redox accepted this and does not have it; of a merge, the retired patient still stands alone. Run audit --repair: it sends nothing itself, and the next nightly sends the row.'),
    ('missing_at_redox', 'owed', 'next_run', 'Nothing: the next nightly sends it, and a later audit looks again.'),
    ('missing_at_redox', 'again', 'person', 'Redox accepted this row twice and does not have it: look redox_log_id of calls.csv up in the dashboard, and ask Redox.'),
    ('differs_at_redox', NULL, 'person', 'Redox has other values, or an older document, than it accepted; audit.csv names the groups. Run audit --repair: it sends nothing itself, and the next nightly sends the row.'),
    ('differs_at_redox', 'owed', 'next_run', 'Nothing: the next nightly sends it, and a later audit looks again.'),
    ('differs_at_redox', 'again', 'person', 'Redox has the same other values after the row was sent again, and may write them its own way: compare the groups in audit.csv, and ask Redox.'),
    ('differs_at_redox', 'not_findable', 'person', 'Others cannot find this patient by name, birth date and ZIP, though Redox has them as sent: try ZIP_FORMAT, and ask Redox how it compares them.'),
    ('unexpected_at_redox', NULL, 'person', 'Redox has documents of this patient that were not sent from here: find out who sent them; Redox has no message that withdraws them.'),
    ('unexpected_at_redox', 'patient', 'person', 'Redox has a second patient with the same keys or identifier: find out who sent that patient, or merge the two in the EHR.'),
    ('lines_left_out', NULL, 'person', 'Correct these lines, or export the file again; data-quality.csv lists each, unless the run was refused.'),
    ('lines_left_out', 'no_record', 'person', 'Have the export omit lines that are not records (a ruler, a trailer, a total); no data was lost.'),
    ('extract_old', NULL, 'person', 'Find out why the export no longer writes the files: this one is older than EXTRACT_MAX_AGE.'),
    ('extract_old', 'older_than_others', 'person', 'Find out why the export no longer writes this file: the others are much newer.'),
    ('death_contradicted', NULL, 'person', 'Correct deceased or deceased_at in the EHR: they contradict each other. The patient was sent as alive.'),
    ('death_unclear', NULL, 'person', 'Correct deceased or deceased_at in the EHR: the date is impossible, so the death was not sent.'),
    ('gone', NULL, 'person', 'Find out why the row is gone. Restore it if it should be there; otherwise settle --as ignore.'),
    ('gone', 'similar_patient_id', 'person', 'Check whether the ids changed their format: detail names a patient with an id that differs only in blanks, case or leading zeros. Export the ids as before.'),
    ('held', NULL, 'person', 'Look the call up at Redox. If it is there, settle --as accepted; otherwise resend --held sends it again.'),
    ('held', 'rejected', 'person', 'Redox has refused it on three dates: correct the row in the EHR, and the next run sends it. If the row is right, settle --as send sends it again; settle --as ignore leaves it.'),
    ('held', 'retired_row_gone', 'person', 'Look the retired patient up at Redox. If it is absent or merged by hand, settle --as accepted. The EHR has no row left to send it again.'),
    ('held', 'patient_held', 'next_run', 'Nothing: it is sent with its patient; see the patient''s own line.')
),
last_sweep AS (
  SELECT coalesce(max(run_number), 0) AS run_number
  FROM run
  WHERE run_number < $1 AND mode = 'sweep' AND status = 'done' AND NOT plan_only
),
-- A line is new if it is absent from these runs: the sweep before, and, unless this run is a sweep, the runs since.
earlier AS (
  SELECT b.run_number
  FROM run b
  CROSS JOIN last_sweep s
  JOIN run r ON r.run_number = $1
  WHERE b.run_number < $1
    AND b.status = 'done'
    AND NOT b.plan_only
    AND (b.run_number = s.run_number OR (b.run_number > s.run_number AND r.mode <> 'sweep'))
),
looked_at AS (
  SELECT run_number, plan_only FROM run WHERE run_number = $1 UNION ALL SELECT run_number, false FROM earlier
),
-- A rejected or invalid NewPatient or PatientMerge blocks the person's other calls; a PatientUpdate or VisitPush does not.
rejecting_lane AS (
  SELECT DISTINCT run_number, lane
  FROM call
  WHERE run_number = $1
    AND (state = 'rejected' OR reason IN ('invalid_message', 'too_large'))
    AND event_type IN ('NewPatient', 'PatientMerge')
),
found AS (
  SELECT
    c.run_number, c.entity, c.entity_id, c.patient_id, c.kind,
    -- The reason of a call that was never started comes from a later plan.
    CASE WHEN c.kind <> 'not_started' THEN c.reason END AS reason,
    CASE
      WHEN c.reason IN ('invalid_message', 'too_large', 'implausible_visit') THEN c.reason
      WHEN c.kind = 'blocked' AND j.lane IS NOT NULL THEN 'after_rejection'
      ELSE c.reason
    END AS advice_reason,
    c.event_type, c.open_since, c.rejected_dates, c.http_status, c.redox_log_id, c.attempts, c.call_id, NULL::bigint AS discrepancy_id
  FROM (SELECT *, call_kind(state, reason) AS kind FROM call) AS c
  JOIN looked_at ON looked_at.run_number = c.run_number
  LEFT JOIN rejecting_lane j ON j.run_number = c.run_number AND j.lane = c.lane
  -- These have no advice. Excluding them here saves comparing the millions of calls of a first load with it.
  WHERE c.state NOT IN ('accepted', 'unneeded')
    -- The calls of a plan-only run are in calls.csv.
    AND NOT looked_at.plan_only
  UNION ALL
  SELECT
    d.run_number, d.entity, d.entity_id, d.patient_id, d.kind, d.detail,
    CASE
      -- If no line was left out, the file has no line of its own.
      WHEN d.detail = 'section_unread' AND NOT EXISTS (
        SELECT FROM source_gap g WHERE g.run_number = d.run_number AND g.reason <> 'no_record'
      ) THEN 'section_damaged'
      ELSE d.detail
    END,
    NULL, d.open_since, d.rejected_dates, NULL, NULL, NULL, NULL, d.discrepancy_id
  FROM discrepancy d
  JOIN looked_at ON looked_at.run_number = d.run_number
  -- What is wrong with a message is listed with its call.
  WHERE d.kind NOT IN ('new', 'changed', 'silent_change', 'forced')
    AND (
      d.kind <> 'invalid'
      OR NOT EXISTS (
        SELECT FROM call c
        WHERE c.run_number = d.run_number
          AND c.entity = d.entity
          AND c.entity_id = d.entity_id
          AND c.reason IN ('invalid_message', 'too_large', 'implausible_visit')
      )
    )
  UNION ALL
  SELECT
    g.run_number, 'file', g.file, NULL, 'lines_left_out', g.reason, g.reason,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM source_gap g
  JOIN looked_at ON looked_at.run_number = g.run_number
  UNION ALL
  SELECT
    f.run_number, 'file', f.file, NULL, 'extract_old', f.age, f.age,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
  FROM source_file f
  JOIN looked_at ON looked_at.run_number = f.run_number
  WHERE f.age IS NOT NULL
  UNION ALL
  SELECT
    t.run_number, 'queue', t.data_model, NULL, 'undelivered', t.kind, t.kind,
    NULL, t.since, NULL, NULL, NULL, NULL, NULL, NULL
  FROM queue_trouble t
  JOIN looked_at ON looked_at.run_number = t.run_number
  UNION ALL
  SELECT
    c.run_number, 'organization', c.oid, NULL, 'directory', c.result, c.result,
    NULL, c.since, NULL, NULL, NULL, NULL, NULL, NULL
  FROM directory_check c
  JOIN looked_at ON looked_at.run_number = c.run_number
  WHERE c.result <> 'agrees'
  UNION ALL
  SELECT DISTINCT
    q.run_number, q.entity, q.entity_id, q.patient_id, q.kind, NULL, NULL,
    NULL, NULL::timestamptz, NULL::integer, NULL::smallint, NULL, NULL::smallint, NULL::bigint, NULL::bigint
  FROM data_quality q
  JOIN looked_at ON looked_at.run_number = q.run_number
  WHERE q.entity = 'patient' AND q.kind IN ('death_contradicted', 'death_unclear')
),
line AS MATERIALIZED (
  SELECT
    f.*,
    coalesce(own.needs, general.needs) AS needs,
    coalesce(own.what_to_do, general.what_to_do) AS what_to_do
  FROM found f
  LEFT JOIN advice own ON own.kind = f.kind AND own.reason = f.advice_reason
  LEFT JOIN advice general ON general.kind = f.kind AND general.reason IS NULL
  WHERE coalesce(own.kind, general.kind) IS NOT NULL
),
known AS (
  SELECT DISTINCT entity, entity_id, kind, coalesce(reason, '') AS reason FROM line WHERE run_number <> $1
)
SELECT
  r.run_id,
  l.entity,
  l.entity_id,
  l.patient_id,
  l.kind,
  l.reason,
  l.needs,
  known.kind IS NULL AS is_new,
  l.what_to_do,
  l.open_since,
  l.rejected_dates,
  l.event_type,
  l.http_status,
  l.redox_log_id,
  CASE
    WHEN l.reason = 'similar_patient_id' THEN (
      SELECT d.similar_id FROM discrepancy d WHERE d.discrepancy_id = l.discrepancy_id
    )
    WHEN l.kind = 'lines_left_out' THEN (
      SELECT CASE
        WHEN g.line_count = 1 THEN format('line %s', g.first_lines[1])
        WHEN g.line_count <= cardinality(g.first_lines) THEN format('lines %s', array_to_string(g.first_lines, ', '))
        ELSE format('%s lines, the first of them %s', g.line_count, array_to_string(g.first_lines, ', '))
      END
      FROM source_gap g
      WHERE g.run_number = $1 AND g.file = l.entity_id AND g.reason = l.reason
    )
    WHEN l.entity = 'queue' THEN (
      SELECT format('%s messages, the oldest accepted %s', t.calls, csv_field(t.since))
      FROM queue_trouble t
      WHERE t.run_number = $1 AND t.data_model = l.entity_id AND t.kind = l.reason
    )
    WHEN l.kind = 'directory' THEN (
      SELECT nullif(array_to_string(c.fields, ', '), '') FROM directory_check c WHERE c.run_number = $1
    )
    WHEN l.kind = 'differs_at_redox' THEN (
      SELECT array_to_string(g.differing_groups, ' ')
      FROM audit_line g
      WHERE g.run_number = $1 AND g.entity = l.entity AND g.entity_id = l.entity_id
    )
    WHEN l.kind = 'extract_old' THEN (
      SELECT 'written ' || csv_field(f.modified_at) FROM source_file f WHERE f.run_number = $1 AND f.file = l.entity_id
    )
    WHEN l.reason IN ('invalid_message', 'too_large', 'implausible_visit') THEN (
      SELECT min(d.detail)
      FROM discrepancy d
      WHERE d.run_number = $1 AND d.entity = l.entity AND d.entity_id = l.entity_id AND d.kind = 'invalid'
    )
    ELSE a.detail
  END AS detail
FROM line l
JOIN run r ON r.run_number = l.run_number
LEFT JOIN known
  ON known.entity = l.entity AND known.entity_id = l.entity_id
  AND known.kind = l.kind AND known.reason = coalesce(l.reason, '')
LEFT JOIN attempt a ON a.call_id = l.call_id AND a.number = l.attempts
WHERE l.run_number = $1
ORDER BY l.needs DESC, l.entity, l.entity_id, l.discrepancy_id, l.call_id
