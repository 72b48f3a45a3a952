-- Judges the acknowledged merges, and takes as told those that the EHR has had since before: the retired patient's record is in the
-- survivor's, and so are the documents, as after a PatientMerge that Redox accepted (decision 14). Of a chain each merge counts
-- once those that it leads to are told.
-- $1: this run. Gives nothing.
WITH RECURSIVE candidate AS (
  SELECT
    a.line, a.entity_id, a.delivered_at, m.merged_at, m.surviving_patient_id AS sent_into, r.survivor_id,
    coalesce(l.mrn, s.mrn, s.entity_id) AS mrn,
    CASE
      WHEN f.fault IS NOT NULL THEN f.fault
      WHEN m.entity_id IS NULL THEN 'not_in_ehr'
      WHEN r.survivor_id IS NULL THEN r.fault
      WHEN m.merged_at IS NULL THEN 'no_updated_at'
      WHEN m.merged_at > a.delivered_at THEN 'updated_since'
      WHEN l.patient_id IS NULL AND s.entity_id IS NULL THEN 'never_sent'
      -- Redox has the record inside another one than this merge says.
      WHEN coalesce(t.survivor_id, l.merged_into) <> r.survivor_id THEN 'merge_repointed'
      WHEN l.former_mrns <> '{}' THEN 'mrn_changed'
      WHEN l.presence = 'present' AND l.synced_at > a.delivered_at THEN 'sent_since'
      WHEN EXISTS (
        SELECT FROM call c
        WHERE c.is_open AND c.entity = 'merge' AND c.entity_id = a.entity_id AND c.sending_at > a.delivered_at
      ) THEN 'sent_since'
    END AS fault
  FROM stage_acknowledged a
  LEFT JOIN stage_merge m ON m.entity_id = a.entity_id
  LEFT JOIN stage_fault f ON f.entity = 'merge' AND f.entity_id = a.entity_id
  LEFT JOIN stage_retired r ON r.patient_id = a.entity_id
  LEFT JOIN stage_patient s ON s.entity_id = a.entity_id
  LEFT JOIN patient l ON l.patient_id = a.entity_id
  LEFT JOIN stage_retired t ON t.patient_id = l.merged_into
  WHERE a.entity = 'merge' AND a.fault IS NULL
),
counting AS (
  SELECT c.entity_id
  FROM candidate c
  JOIN patient next ON next.patient_id = c.sent_into
  LEFT JOIN stage_retired t ON t.patient_id = next.merged_into
  WHERE c.fault IS NULL
    AND CASE
      WHEN c.sent_into = c.survivor_id THEN next.presence = 'present'
      ELSE next.presence = 'merged' AND coalesce(t.survivor_id, next.merged_into) = c.survivor_id
    END
  UNION
  SELECT c.entity_id
  FROM counting
  JOIN candidate c ON c.sent_into = counting.entity_id
  WHERE c.fault IS NULL
),
judged AS (
  SELECT
    c.*,
    coalesce(
      c.fault,
      CASE WHEN EXISTS (SELECT FROM counting WHERE counting.entity_id = c.entity_id) THEN 'told' ELSE 'patient_not_present' END
    ) AS kind
  FROM candidate c
),
told AS (
  INSERT INTO patient AS p (patient_id, presence, mrn, merged_into, sent_into, synced_at)
  SELECT entity_id, 'merged', mrn, survivor_id, sent_into, delivered_at FROM judged WHERE kind = 'told'
  ON CONFLICT (patient_id) DO UPDATE
  SET
    presence = 'merged',
    merged_into = excluded.merged_into,
    sent_into = excluded.sent_into,
    row_fingerprint = NULL,
    message_fingerprint = NULL,
    group_fingerprints = NULL,
    match_faults = NULL,
    synced_at = greatest(p.synced_at, excluded.synced_at)
),
merged_before AS (
  UPDATE patient p
  SET merged_into = j.survivor_id
  FROM judged j
  WHERE j.kind = 'told'
    AND p.merged_into = j.entity_id
    AND NOT EXISTS (SELECT FROM judged own WHERE own.kind = 'told' AND own.entity_id = p.patient_id)
),
moved_documents AS (
  UPDATE encounter e SET filed_under = j.survivor_id FROM judged j WHERE j.kind = 'told' AND e.filed_under = j.entity_id
)
INSERT INTO acknowledged (run_number, line, entity, entity_id, patient_id, kind, delivered_at, row_updated_at)
SELECT $1, line, 'merge', entity_id, survivor_id, kind, delivered_at, merged_at FROM judged
