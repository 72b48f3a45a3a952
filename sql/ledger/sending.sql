-- What is committed before a byte leaves. From then on the state at Redox is unknown until an outcome is recorded.

-- name: plan_anew
-- Discards this session's query plans, so that Postgres plans each statement again with new statistics.
DISCARD PLANS;

-- name: mark_sending
-- Records, before a byte leaves, that these calls are being sent, and voids the ledger's facts of their rows until a
-- certain answer comes (decision 6). A merge of a patient's former MRNs voids nothing: it stays owed while there are any,
-- and the row itself was sent before. Each call keeps its row's earlier presence. An ignored row is no longer ignored
-- once sent, because Redox may have its new content.
-- $1: call ids. $2: for each the MRN of a NewPatient, else null. $3, $4: for each the version of a VisitPush and its
-- time, else null.
-- One row per call that was still planned.
WITH input AS (
  SELECT * FROM unnest($1::bigint[], $2::text[], $3::integer[], $4::text[]) AS i (call_id, mrn, document_version, document_time)
),
sent AS (
  UPDATE call c
  SET
    state = 'sending',
    sending_at = clock_timestamp(),
    last_try_at = clock_timestamp(),
    presence_before = CASE c.entity
      WHEN 'encounter' THEN (SELECT e.presence FROM encounter e WHERE e.encounter_id = c.entity_id)
      WHEN 'summary' THEN (SELECT s.presence FROM summary s WHERE s.patient_id = c.entity_id)
      ELSE (SELECT p.presence FROM patient p WHERE p.patient_id = c.entity_id)
    END
  FROM input i
  WHERE c.call_id = i.call_id AND c.state = 'planned'
  RETURNING c.call_id, c.event_type, c.entity, c.entity_id, c.patient_id, i.mrn, i.document_version, i.document_time::timestamptz
),
no_longer_ignored AS (
  DELETE FROM ignored i USING sent WHERE i.entity = sent.entity AND i.entity_id = sent.entity_id
),
new_patients AS (
  INSERT INTO patient AS p (patient_id, presence, mrn)
  SELECT entity_id, 'uncertain', mrn FROM sent WHERE event_type = 'NewPatient'
  ON CONFLICT (patient_id) DO UPDATE
  SET
    row_fingerprint = NULL,
    message_fingerprint = NULL,
    group_fingerprints = NULL,
    presence = CASE p.presence WHEN 'merged' THEN 'merge_uncertain' ELSE p.presence END,
    former_mrns = CASE
      WHEN excluded.mrn = p.mrn THEN p.former_mrns
      ELSE array_append(array_remove(p.former_mrns, excluded.mrn), excluded.mrn)
    END
),
other_patients AS (
  UPDATE patient p
  SET
    row_fingerprint = NULL,
    message_fingerprint = NULL,
    group_fingerprints = NULL,
    presence = CASE WHEN sent.entity = 'merge' THEN 'merge_uncertain' ELSE p.presence END,
    merged_into = CASE WHEN sent.entity = 'merge' THEN coalesce(p.merged_into, sent.patient_id) ELSE p.merged_into END,
    sent_into = CASE WHEN sent.entity = 'merge' THEN coalesce(p.sent_into, sent.patient_id) ELSE p.sent_into END
  FROM sent
  WHERE (sent.event_type = 'PatientUpdate' OR sent.entity = 'merge') AND p.patient_id = sent.entity_id
),
visits AS (
  INSERT INTO encounter (encounter_id, presence, patient_id, filed_under, document_version, document_time)
  SELECT entity_id, 'uncertain', patient_id, patient_id, document_version, document_time
  FROM sent WHERE entity = 'encounter'
  ON CONFLICT (encounter_id) DO UPDATE
  SET
    row_fingerprint = NULL,
    message_fingerprint = NULL,
    group_fingerprints = NULL,
    document_version = excluded.document_version,
    document_time = excluded.document_time
),
summaries AS (
  INSERT INTO summary AS s (patient_id, presence, content_of, document_version, document_time)
  SELECT entity_id, 'uncertain', patient_id, document_version, document_time
  FROM sent WHERE entity = 'summary'
  ON CONFLICT (patient_id) DO UPDATE
  SET
    presence = CASE s.presence WHEN 'none' THEN 'uncertain' ELSE s.presence END,
    is_current = false,
    message_fingerprint = NULL,
    document_version = excluded.document_version,
    document_time = excluded.document_time
)
SELECT call_id FROM sent;

-- name: note_try
-- Records, before a byte leaves, another try of calls in `sending`. $1: call ids.
-- One row per call that is still in `sending`.
UPDATE call SET last_try_at = clock_timestamp() WHERE call_id = ANY ($1::bigint[]) AND state = 'sending' RETURNING call_id;
