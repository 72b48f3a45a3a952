-- open-actions.csv: what is left to do, by a person or by the next run. What `advice` has a line for is listed here; all else
-- is done.
-- One row per call or discrepancy that needs attention. $1: run number.
WITH advice (kind, reason, needs, what_to_do) AS (
  -- A line without a reason speaks for every reason that has no line of its own. reports/README.md shows this list.
  VALUES
    ('rejected', NULL, 'person', 'Read detail, or look up redox_log_id in Redox''s log inspector, and correct the row in the EHR; uncorrected, it is sent on three dates at most, and then held.'),
    ('rejected', 'http_403', 'person', 'Redox does not let this key send this message there: correct the subscription, the key or REDOX_DESTINATION_ID.'),
    ('rejected', 'http_404', 'person', 'Redox knows no such address: correct REDOX_BASE_URL or REDOX_DESTINATION_ID.'),
    ('rejected', 'no_subscription', 'person', 'Redox knows no subscription to this destination: correct REDOX_DESTINATION_ID, or have Redox set the subscription up.'),
    ('rejected', 'http_413', 'person', 'The message is too large for Redox: shorten the clinical sections of this visit in the contract.'),
    ('failed', NULL, 'next_run', 'Nothing: Redox did not take it, and the next run sends it again. If it lasts, look at the network and the key.'),
    ('unknown', NULL, 'next_run', 'Nothing: nobody knows whether Redox has it, so the next run tells the newest state again, or lists it as held where UNKNOWN_OUTCOME says so.'),
    ('blocked', NULL, 'next_run', 'Nothing: it goes out once the call that it waits for has gone out.'),
    ('blocked', 'after_rejection', 'person', 'Attend to the call of the same person that was rejected, or not sent, and is listed here as well; then this one goes by itself.'),
    ('blocked', 'invalid_message', 'person', 'Read detail, which says where in the message and what: correct the row in the EHR or the contract''s query. Where the row is right, the program is wrong: report it.'),
    ('blocked', 'too_large', 'person', 'Shorten the section that detail names, in the contract; or raise DOCUMENT_SIZE_LIMIT where Redox takes more.'),
    ('blocked', 'duplicate_key', 'person', 'Give each row a key of its own, in the EHR or in the contract''s query.'),
    ('blocked', 'patient_gone', 'person', 'Bring the patient''s row back into the EHR, or correct the visit''s patient_id.'),
    ('superseded', 'row_changed', 'next_run', 'Nothing: the row has changed since it was planned, so the next run sends it as it is then.'),
    ('not_started', NULL, 'next_run', 'Nothing: the run ended before its turn came, and the next run goes on.'),
    ('orphan', NULL, 'person', 'Attend to the visit''s patient, who is listed here as well; then the visit goes by itself.'),
    ('orphan', 'missing_patient', 'person', 'Bring the patient''s row into the EHR, or correct the visit''s patient_id.'),
    ('cancelled_after_push', NULL, 'person', 'Have the document withdrawn where it is wrong: what was pushed cannot be taken back by a message.'),
    ('merge_cycle', NULL, 'person', 'Correct the merges in the EHR: they lead in a circle, so nobody survives.'),
    ('merge_without_survivor', NULL, 'person', 'Bring the survivor''s row into the EHR, or correct the merge.'),
    ('merge_undone', 'retired_row_gone', 'person', 'Bring the retired patient''s row back into the EHR, so that Redox can be told it anew, or have Redox separate the records.'),
    ('merge_repointed', 'retired_row_gone', 'person', 'Bring the retired patient''s row back into the EHR, so that Redox can be told it anew, or have Redox separate the records.'),
    ('merged', 'shared_mrn', 'person', 'Give each patient an MRN of their own; what the retired patient has at Redox under this MRN cannot be told from the other''s.'),
    ('merge_repointed', 'shared_mrn', 'person', 'Give each patient an MRN of their own; what the retired patient has at Redox under this MRN cannot be told from the other''s.'),
    ('duplicate_key', NULL, 'person', 'Give each row a key of its own, in the EHR or in the contract''s query.'),
    ('invalid', NULL, 'person', 'Correct the row in the EHR, or the contract''s query.'),
    ('invalid', 'missing_key', 'person', 'Give these rows a key, in the EHR or in the contract''s query.'),
    ('invalid', 'missing_patient', 'person', 'Give the visit a patient_id, in the EHR or in the contract''s query.'),
    ('invalid', 'missing_survivor', 'person', 'Give the merge a surviving_patient_id, in the EHR or in the contract''s query.'),
    ('invalid', 'shared_mrn', 'person', 'Give each patient an MRN of their own, or merge them in the EHR.'),
    ('invalid', 'key_too_long', 'person', 'Let the contract''s query give the key itself: no key of an EHR is that long.'),
    ('invalid', 'unreadable_status', 'person', 'Let the contract''s query give planned, open, finished or cancelled as status.'),
    ('gone', NULL, 'person', 'Find out why the row is gone, and bring it back where it should be there; where it should not, settle --as ignore.'),
    ('held', NULL, 'person', 'Look the call up at Redox: where it is there, settle --as accepted says so; where it is not, resend --held sends it again.'),
    ('held', 'rejected', 'person', 'Redox has refused it on three dates: correct the row in the EHR, and it goes by itself. Where the fault was not the row''s, settle --as send sends it again; where nothing is to be done, settle --as ignore leaves it.'),
    ('held', 'retired_row_gone', 'person', 'Look the retired patient up at Redox: where it is not there, or is merged by hand, settle --as accepted ends the matter. There is no row left from which it could be told anew.'),
    ('held', 'patient_held', 'next_run', 'Nothing: it goes with its patient, whose own line says what to do.')
),
last_sweep AS (
  SELECT coalesce(max(run_number), 0) AS run_number
  FROM run
  WHERE run_number < $1 AND mode = 'sweep' AND status = 'done' AND NOT plan_only
),
-- What a line must not have stood in to be new: the sweep before, and for other runs also what came since.
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
-- A rejected NewPatient or PatientMerge, or one that was not sent for what is in it, holds others of its person back; a
-- PatientUpdate or VisitPush does not.
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
    -- What a later plan says of a call that was not started is not this run's.
    CASE WHEN c.kind <> 'not_started' THEN c.reason END AS reason,
    CASE
      WHEN c.reason IN ('invalid_message', 'too_large') THEN c.reason
      WHEN c.kind = 'blocked' AND j.lane IS NOT NULL THEN 'after_rejection'
      ELSE c.reason
    END AS circumstance,
    c.event_type, c.open_since, c.rejected_dates, c.http_status, c.redox_log_id, c.attempts, c.call_id, NULL::bigint AS discrepancy_id
  FROM (SELECT *, call_kind(state, reason) AS kind FROM call) AS c
  JOIN looked_at ON looked_at.run_number = c.run_number
  LEFT JOIN rejecting_lane j ON j.run_number = c.run_number AND j.lane = c.lane
  -- Nobody has to do anything about these; said here too, lest the millions of a first load be held against the advice one by one.
  WHERE c.state NOT IN ('accepted', 'unneeded')
    -- What a plan would send is no more than that: calls.csv has it.
    AND NOT looked_at.plan_only
  UNION ALL
  SELECT
    d.run_number, d.entity, d.entity_id, d.patient_id, d.kind, d.detail, d.detail,
    NULL, d.open_since, d.rejected_dates, NULL, NULL, NULL, NULL, d.discrepancy_id
  FROM discrepancy d
  JOIN looked_at ON looked_at.run_number = d.run_number
  -- What is wrong with a message is listed with its call.
  WHERE d.kind NOT IN ('new', 'changed', 'silent_change', 'forced', 'unread')
    AND (
      d.kind <> 'invalid'
      OR NOT EXISTS (
        SELECT FROM call c
        WHERE c.run_number = d.run_number
          AND c.entity = d.entity
          AND c.entity_id = d.entity_id
          AND c.reason IN ('invalid_message', 'too_large')
      )
    )
),
line AS MATERIALIZED (
  SELECT
    f.*,
    coalesce(own.needs, general.needs) AS needs,
    coalesce(own.what_to_do, general.what_to_do) AS what_to_do
  FROM found f
  LEFT JOIN advice own ON own.kind = f.kind AND own.reason = f.circumstance
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
    WHEN l.reason IN ('invalid_message', 'too_large') THEN (
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
