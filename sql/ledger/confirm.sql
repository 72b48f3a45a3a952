-- `confirm`: what became of accepted messages inside Redox, by its logs. First the calls to ask about, then the answers,
-- then what the answers do to the ledger's rows.

-- name: begin_confirmation
-- Marks accepted calls without a log id as unconfirmable, and deletes old queries of the Platform API.
-- $1: the calls of runs since this time.
WITH forgotten AS (
  DELETE FROM platform_query WHERE recorded_at < now() - interval '1 day'
)
UPDATE call c
SET log_status = 'unconfirmable', log_asked_at = now(), confirmed_at = now()
FROM run r
WHERE r.run_number = c.run_number
  AND r.started_at >= $1
  AND c.state = 'accepted'
  AND c.log_id IS NULL
  AND c.log_status IS NULL;

-- name: next_unconfirmed_calls
-- The next accepted calls of a data model without a final log status, those never asked about first. A former target's
-- calls are left out.
-- $1: the calls of runs since this time. $2: event types. $3: true for calls that were asked about before. $4, $5: time
-- and id of the last call of the page before, or null. $6: not asked about since this time. $7: page size.
-- One row per call, the oldest first.
SELECT
  c.call_id, c.log_id, c.sending_at, c.finished_at AS accepted_at,
  extract(epoch FROM now() - c.finished_at)::double precision * 1000 AS age_ms
FROM run r
JOIN call c ON c.run_number = r.run_number
WHERE r.started_at >= $1
  AND c.state = 'accepted'
  AND c.log_id IS NOT NULL
  AND c.confirmed_at IS NULL
  AND c.log_status IS DISTINCT FROM 'failed'
  AND c.event_type = ANY ($2::text[])
  AND (c.log_asked_at IS NOT NULL) = $3
  AND (c.log_asked_at < $6) IS NOT FALSE
  AND c.sending_at >= (SELECT bound_at FROM target)
  -- The time of the page before has milliseconds.
  AND ($4::timestamptz IS NULL OR (date_trunc('milliseconds', c.sending_at), c.call_id) > ($4, $5::bigint))
ORDER BY date_trunc('milliseconds', c.sending_at), c.call_id
LIMIT $7;

-- name: note_query
-- Records a query of the Platform API after its end.
INSERT INTO platform_query DEFAULT VALUES;

-- name: read_recent_queries
-- The ages of the queries of the Platform API in its own limit's window. $1: the window in milliseconds.
-- One row per query, the oldest first.
SELECT extract(epoch FROM now() - recorded_at)::double precision * 1000 AS age_ms
FROM platform_query
WHERE recorded_at > now() - $1 * interval '1 millisecond'
ORDER BY recorded_at;

-- name: record_logs
-- Records what the logs say. A success is final, and ends the count of earlier failures of its row.
-- $1: a JSON array of logs (see src/ledger/record/confirmation.ts).
WITH input AS (
  SELECT *
  FROM jsonb_to_recordset($1::jsonb) AS i (
    call_id bigint, status text, stage text, code text, path text, ended_at timestamptz
  )
),
recorded AS (
  UPDATE call c
  SET
    log_status = i.status,
    log_stage = i.stage,
    log_code = i.code,
    log_path = i.path,
    log_ended_at = i.ended_at,
    log_asked_at = now(),
    confirmed_at = CASE WHEN i.status = 'succeeded' THEN now() END
  FROM input i
  WHERE c.call_id = ANY (ARRAY(SELECT call_id FROM input)) AND c.call_id = i.call_id AND c.confirmed_at IS NULL
  RETURNING c.entity, c.entity_id, c.event_type, c.sending_at, c.log_status
)
DELETE FROM rejection x
USING recorded t
WHERE t.log_status = 'succeeded'
  AND x.undelivered
  AND x.since < t.sending_at
  AND x.entity = t.entity
  AND x.entity_id = t.entity_id
  AND (x.event_type = 'PatientMerge') = (t.event_type = 'PatientMerge');

-- name: count_logs_around
-- Counts the accepted calls of a data model in a span of time, and those that have a log: evidence that a search finds
-- what is there.
-- $1: the calls of runs since this time. $2: event types. $3, $4: the span.
-- One row.
SELECT
  count(*) AS asked,
  count(*) FILTER (WHERE c.log_status IN ('succeeded', 'failed', 'filtered', 'pending')) AS found
FROM run r
JOIN call c ON c.run_number = r.run_number
WHERE r.started_at >= $1
  AND c.state = 'accepted'
  AND c.log_id IS NOT NULL
  AND c.event_type = ANY ($2::text[])
  AND c.sending_at BETWEEN $3 AND $4;

-- name: find_unsettled_calls
-- The calls with a failed log that took no effect yet, or without one: those of this run, those of an interrupted one, and
-- those that wait for their queue (has_waited). is_newest: the row's newest accepted call, and nothing was sent for the row since.
-- $1: ids of this run's calls.
-- One row per call, the oldest first.
WITH asked AS (
  SELECT call_id FROM call WHERE call_id = ANY ($1::bigint[])
  UNION
  SELECT call_id FROM call WHERE log_status = 'failed' AND confirmed_at IS NULL
)
SELECT
  c.call_id, c.event_type, c.log_status, c.log_stage, c.log_code, c.log_path, coalesce(c.finished_at, now()) AS accepted_at,
  CASE
    WHEN c.entity = 'encounter' THEN e.synced_at = c.finished_at AND e.row_fingerprint IS NOT NULL
    WHEN c.entity = 'summary' THEN s.synced_at = c.finished_at AND s.is_current AND s.message_fingerprint IS NOT NULL
    WHEN c.entity = 'merge' THEN p.presence = 'merged' AND p.sent_into = c.patient_id AND p.synced_at >= c.finished_at
    WHEN c.event_type = 'PatientMerge' THEN p.presence = 'present' AND NOT p.former_mrns && c.retired_mrns
    -- A NewPatient that restores a record leaves no fingerprint.
    ELSE p.presence = 'present' AND p.synced_at = c.finished_at AND (p.row_fingerprint IS NOT NULL OR c.event_type = 'NewPatient')
  END IS TRUE AS is_newest,
  EXISTS (
    SELECT FROM call u
    WHERE u.log_status = 'unseen'
      AND u.entity = c.entity
      AND u.entity_id = c.entity_id
      AND u.call_id < c.call_id
      AND u.finished_at > c.finished_at - interval '14 days'
  ) AS was_unseen,
  c.log_waits AS has_waited
FROM asked
JOIN call c USING (call_id)
LEFT JOIN encounter e ON c.entity = 'encounter' AND e.encounter_id = c.entity_id
LEFT JOIN summary s ON c.entity = 'summary' AND s.patient_id = c.entity_id
LEFT JOIN patient p ON c.entity IN ('patient', 'merge') AND p.patient_id = c.entity_id
ORDER BY c.finished_at, c.call_id;

-- name: count_late_pending
-- Counts the calls that this run asked about, and that wait at Redox for too long. There may be as many as were sent.
-- $1: asked about since this time. $2: accepted up to this time.
-- One row per data model.
SELECT
  CASE c.event_type WHEN 'VisitPush' THEN 'Clinical Summary' ELSE 'PatientAdmin' END AS data_model,
  count(*) AS calls,
  min(c.finished_at) AS since
FROM call c
WHERE c.log_status = 'pending' AND c.log_asked_at >= $1 AND c.finished_at <= $2
GROUP BY 1
ORDER BY 1;

-- name: end_filtered_logs
-- Makes the logs final that a filter of the dashboard has dropped. $1: asked about since this time.
UPDATE call
SET confirmed_at = now()
WHERE log_status = 'filtered' AND log_asked_at >= $1 AND confirmed_at IS NULL;

-- name: read_last_successes
-- When the newest accepted call whose message reached the repository was accepted. $1: the calls of runs since this time.
-- One row per data model.
SELECT
  CASE c.event_type WHEN 'VisitPush' THEN 'Clinical Summary' ELSE 'PatientAdmin' END AS data_model,
  max(c.finished_at) AS accepted_at
FROM run r
JOIN call c ON c.run_number = r.run_number
WHERE r.started_at >= $1 AND c.log_status = 'succeeded'
GROUP BY 1;

-- name: end_logs
-- Makes log statuses final. $1: call ids. $2: true for calls that have no log.
UPDATE call
SET log_status = CASE WHEN $2 THEN 'unseen' ELSE log_status END, confirmed_at = now()
WHERE call_id = ANY ($1::bigint[]) AND confirmed_at IS NULL;

-- name: let_calls_wait
-- Has calls that failed with many others wait until their queue works. $1: call ids.
UPDATE call SET log_waits = true WHERE call_id = ANY ($1::bigint[]) AND NOT log_waits;

-- name: count_undelivered
-- Counts the dates on which Redox failed on a row that is unchanged; runs before the rows are voided, which have the
-- fingerprints of what was sent. A document counts only while its patient is certain: otherwise the patient counts.
-- $1: run. $2: call ids. $3: today in the site's zone.
WITH failed AS (
  SELECT
    c.call_id, c.entity, c.entity_id, c.event_type, c.patient_id,
    CASE c.entity
      WHEN 'encounter' THEN e.row_fingerprint
      WHEN 'summary' THEN s.message_fingerprint
      WHEN 'patient' THEN p.row_fingerprint
    END AS row_fingerprint,
    p.row_fingerprint AS patient_fingerprint,
    coalesce(e.builder_version, s.builder_version, p.builder_version) AS builder_version
  FROM call c
  LEFT JOIN encounter e ON c.entity = 'encounter' AND e.encounter_id = c.entity_id
  LEFT JOIN summary s ON c.entity = 'summary' AND s.patient_id = c.entity_id
  JOIN patient p ON p.patient_id = c.patient_id
  WHERE c.call_id = ANY ($2::bigint[]) AND p.row_fingerprint IS NOT NULL
),
counted AS (
  INSERT INTO rejection AS x (
    entity, entity_id, event_type, patient_id, row_fingerprint, patient_fingerprint, builder_version, dates, since, run_number,
    undelivered
  )
  SELECT DISTINCT ON (entity, entity_id)
    entity, entity_id, event_type, patient_id, row_fingerprint, patient_fingerprint, builder_version, ARRAY[$3::date], now(),
    $1::integer, true
  FROM failed
  ORDER BY entity, entity_id, call_id DESC
  ON CONFLICT (entity, entity_id) DO UPDATE
  SET (event_type, patient_id, row_fingerprint, patient_fingerprint, builder_version, undelivered, run_number, since, dates) = (
    SELECT
      excluded.event_type, excluded.patient_id, excluded.row_fingerprint, excluded.patient_fingerprint, excluded.builder_version,
      true, excluded.run_number, CASE WHEN was.same THEN x.since ELSE excluded.since END,
      CASE WHEN was.same AND was.counted THEN x.dates WHEN was.same THEN x.dates || excluded.dates ELSE excluded.dates END
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
FROM failed JOIN counted ON counted.entity = failed.entity AND counted.entity_id = failed.entity_id
WHERE c.call_id = failed.call_id;

-- name: reopen_calls
-- Owes accepted calls again, because Redox lost their messages. $1: call ids. $2: true for calls that have no log.
UPDATE call
SET is_open = true, log_status = CASE WHEN $2 THEN 'unseen' ELSE log_status END, confirmed_at = coalesce(confirmed_at, now())
WHERE call_id = ANY ($1::bigint[]) AND state = 'accepted';

-- name: void_undelivered_patients
-- Voids patients whose newest message was lost. A patient is uncertain if the NewPatient was lost too: then Redox may
-- have nothing to update.
-- $1: call ids.
UPDATE patient p
SET
  presence = CASE
    WHEN c.event_type = 'PatientUpdate' AND NOT EXISTS (
      SELECT FROM call n
      WHERE n.log_status IN ('failed', 'filtered', 'unseen')
        AND n.entity = 'patient'
        AND n.entity_id = c.entity_id
        AND n.event_type = 'NewPatient'
        AND n.finished_at > c.finished_at - interval '14 days'
    )
    THEN p.presence
    ELSE 'uncertain'
  END,
  row_fingerprint = NULL,
  message_fingerprint = NULL,
  group_fingerprints = NULL,
  match_faults = NULL
FROM call c
WHERE c.call_id = ANY ($1::bigint[])
  AND c.entity = 'patient'
  AND c.event_type <> 'PatientMerge'
  AND p.patient_id = c.entity_id
  AND p.presence = 'present';

-- name: void_undelivered_mrns
-- Owes merges of former MRNs again if their PatientMerge was lost. The patient's row is owed too, because it creates the
-- record to be merged.
-- $1: call ids.
UPDATE patient p
SET
  former_mrns = ARRAY(SELECT unnest(p.former_mrns || c.retired_mrns) EXCEPT SELECT p.mrn),
  row_fingerprint = NULL,
  message_fingerprint = NULL,
  group_fingerprints = NULL
FROM call c
WHERE c.call_id = ANY ($1::bigint[])
  AND c.entity = 'patient'
  AND c.event_type = 'PatientMerge'
  AND p.patient_id = c.entity_id
  AND p.presence = 'present';

-- name: void_undelivered_visits
-- Voids visits whose newest push was lost. A visit that was never pushed before is uncertain.
-- $1: call ids.
UPDATE encounter e
SET
  presence = CASE WHEN c.presence_before = 'present' THEN e.presence ELSE 'uncertain' END,
  row_fingerprint = NULL,
  message_fingerprint = NULL,
  group_fingerprints = NULL
FROM call c
WHERE c.call_id = ANY ($1::bigint[]) AND c.entity = 'encounter' AND e.encounter_id = c.entity_id;

-- name: void_undelivered_summaries
-- Lets the next plan check summaries again if their newest push was lost.
-- $1: call ids.
UPDATE summary s
SET
  presence = CASE WHEN c.presence_before = 'present' THEN s.presence ELSE 'uncertain' END,
  is_current = false,
  message_fingerprint = NULL
FROM call c
WHERE c.call_id = ANY ($1::bigint[]) AND c.entity = 'summary' AND s.patient_id = c.entity_id;

-- name: take_back_merges
-- Takes back merges whose messages were lost: the retired patient, everyone merged into that patient before, and their
-- documents. All of these documents are pushed again. Where visits were pushed to the survivor since, and for a merge that
-- has no log, the merge is uncertain instead. A patient whose NewPatient was lost too is created again.
-- $1: call ids. $2: true for calls that have no log.
WITH RECURSIVE lost AS (
  SELECT c.entity_id AS retired_id, p.merged_into AS survivor_id, c.finished_at, c.presence_before
  FROM call c
  JOIN patient p ON p.patient_id = c.entity_id AND p.presence = 'merged'
  WHERE c.call_id = ANY ($1::bigint[]) AND c.entity = 'merge'
),
inside AS (
  SELECT retired_id, survivor_id, retired_id AS patient_id FROM lost
  UNION
  SELECT i.retired_id, i.survivor_id, p.patient_id
  FROM inside i
  JOIN patient p ON p.merged_into = i.survivor_id AND p.sent_into = i.patient_id
),
document AS (
  SELECT i.retired_id, e.encounter_id, e.synced_at > l.finished_at AS is_pushed_since
  FROM inside i
  JOIN lost l USING (retired_id)
  JOIN encounter e ON e.filed_under = i.survivor_id AND e.patient_id = i.patient_id
),
verdict AS (
  SELECT
    l.retired_id,
    created.is_lost
      OR NOT $2::boolean
      AND l.presence_before IN ('present', 'uncertain')
      AND NOT EXISTS (SELECT FROM document d WHERE d.retired_id = l.retired_id AND d.is_pushed_since) AS is_certain,
    CASE WHEN created.is_lost THEN 'uncertain' ELSE l.presence_before END AS presence_before
  FROM lost l
  CROSS JOIN LATERAL (
    SELECT EXISTS (
      SELECT FROM call n
      WHERE n.log_status IN ('failed', 'filtered', 'unseen')
        AND n.entity = 'patient'
        AND n.entity_id = l.retired_id
        AND n.event_type = 'NewPatient'
        AND n.finished_at > l.finished_at - interval '14 days'
    ) AS is_lost
  ) created
),
patients AS (
  UPDATE patient p
  SET
    presence = CASE
      WHEN p.patient_id <> v.retired_id THEN p.presence
      WHEN v.is_certain THEN v.presence_before
      ELSE 'merge_uncertain'
    END,
    merged_into = CASE
      WHEN NOT v.is_certain THEN p.merged_into
      WHEN p.patient_id <> v.retired_id THEN v.retired_id
    END,
    sent_into = CASE WHEN v.is_certain AND p.patient_id = v.retired_id THEN NULL ELSE p.sent_into END
  FROM inside i
  JOIN verdict v USING (retired_id)
  WHERE p.patient_id = i.patient_id
),
summaries AS (
  UPDATE summary s
  SET is_current = false, message_fingerprint = NULL
  FROM inside i
  WHERE s.patient_id = i.patient_id AND s.presence <> 'none'
)
UPDATE encounter e
SET
  filed_under = CASE WHEN v.is_certain THEN v.retired_id ELSE e.filed_under END,
  row_fingerprint = NULL,
  message_fingerprint = NULL,
  group_fingerprints = NULL
FROM document d
JOIN verdict v USING (retired_id)
WHERE e.encounter_id = d.encounter_id;

-- name: find_overtaken_calls
-- The messages that Redox processed in another order than it accepted them and a merge. A visit may be filed under the
-- wrong patient; a merge or an update may have overwritten the newer survivor; a merge may have retired a patient who was
-- created again.
-- $1: the calls of runs since this time.
-- One row per call.
WITH recent AS (
  SELECT c.*
  FROM run r
  JOIN call c ON c.run_number = r.run_number
  WHERE r.started_at >= $1 AND c.log_status = 'succeeded' AND c.log_ended_at IS NOT NULL
)
SELECT DISTINCT c.call_id
FROM recent m
JOIN recent c ON c.patient_id = CASE c.event_type WHEN 'PatientUpdate' THEN m.patient_id ELSE m.entity_id END
LEFT JOIN encounter e ON c.entity = 'encounter' AND e.encounter_id = c.entity_id
LEFT JOIN summary s ON c.entity = 'summary' AND s.patient_id = c.entity_id
LEFT JOIN patient p ON c.entity = 'patient' AND p.patient_id = c.entity_id
WHERE m.entity = 'merge'
  AND c.event_type IN ('VisitPush', 'PatientUpdate', 'NewPatient')
  AND (m.sending_at > c.sending_at) <> (m.log_ended_at > c.log_ended_at)
  AND coalesce(e.synced_at, s.synced_at, p.synced_at) = c.finished_at
  AND coalesce(e.row_fingerprint, s.message_fingerprint, p.row_fingerprint) IS NOT NULL;

-- name: list_undelivered
-- Lists rows that are owed again because Redox lost their messages. $1: run. $2: call ids. $3: for each the detail.
INSERT INTO discrepancy (run_number, entity, entity_id, patient_id, kind, detail)
SELECT $1, c.entity, c.entity_id, c.patient_id, 'undelivered', i.detail
FROM unnest($2::bigint[], $3::text[]) AS i (call_id, detail)
JOIN call c USING (call_id);

-- name: list_lacking_rows
-- Lists, in each run that confirms, the rows that wait for a person: Redox filtered their newest message, or had no log
-- of it twice.
-- $1: run.
INSERT INTO discrepancy (run_number, entity, entity_id, patient_id, kind, detail)
SELECT $1, c.entity, c.entity_id, c.patient_id, 'undelivered', CASE c.log_status WHEN 'filtered' THEN 'filtered' ELSE 'unseen_again' END
FROM call c
LEFT JOIN encounter e ON c.entity = 'encounter' AND e.encounter_id = c.entity_id
LEFT JOIN summary s ON c.entity = 'summary' AND s.patient_id = c.entity_id
LEFT JOIN patient p ON c.entity IN ('patient', 'merge') AND p.patient_id = c.entity_id
WHERE c.log_status IN ('filtered', 'unseen')
  AND NOT c.is_open
  AND c.confirmed_at IS NOT NULL
  AND c.sending_at >= (SELECT bound_at FROM target)
  AND CASE
    WHEN c.entity = 'encounter' THEN e.synced_at = c.finished_at AND e.row_fingerprint IS NOT NULL
    WHEN c.entity = 'summary' THEN s.synced_at = c.finished_at AND s.message_fingerprint IS NOT NULL
    WHEN c.entity = 'merge' THEN p.synced_at = c.finished_at AND p.presence = 'merged'
    WHEN c.event_type = 'PatientMerge' THEN p.presence = 'present' AND NOT p.former_mrns && c.retired_mrns AND NOT EXISTS (
      SELECT FROM call n WHERE n.entity_id = c.entity_id AND n.retired_mrns && c.retired_mrns AND n.call_id > c.call_id
    )
    ELSE p.synced_at = c.finished_at AND p.row_fingerprint IS NOT NULL
  END;

-- name: record_confirmation
-- Records what a run asked and found. $1: run. $2 to $7: asked, succeeded, failed, filtered, pending, unseen. $8: queries.
-- $9: false if the next run goes on.
INSERT INTO confirmation (run_number, asked, succeeded, failed, filtered, pending, unseen, searches, is_whole)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: record_queue_trouble
-- Records trouble that many calls of a queue share. $1: run. $2: data models. $3: kinds. $4: numbers of calls. $5: the
-- oldest acceptances.
INSERT INTO queue_trouble (run_number, data_model, kind, calls, since)
SELECT $1, i.data_model, i.kind, i.calls, i.since::timestamptz
FROM unnest($2::text[], $3::text[], $4::integer[], $5::text[]) AS i (data_model, kind, calls, since);

-- name: read_confirmation
-- What a run asked and found. $1: run.
-- One row, or none.
SELECT asked, succeeded, failed, filtered, pending, unseen FROM confirmation WHERE run_number = $1;

-- name: count_queue_trouble
-- Counts the troubles of a run. $1: run.
-- One row.
SELECT count(*) AS troubles FROM queue_trouble WHERE run_number = $1;

-- name: read_last_confirmation
-- The newest confirmation. One row, or none.
SELECT asked, succeeded, pending, recorded_at FROM confirmation ORDER BY run_number DESC LIMIT 1;
