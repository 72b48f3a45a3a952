-- Judges the acknowledged patients, and takes as told those whose row has not been updated since: Redox holds them, by a message
-- that nobody here knows. One who is retired by now is held as well, so that the merge is told; there is nothing else to tell.
-- $1: this run. $2: version of the message builder. Gives nothing.
WITH judged AS (
  SELECT
    a.line, a.entity_id, a.delivered_at, s.updated_at, coalesce(s.mrn, s.entity_id) AS mrn,
    CASE WHEN r.patient_id IS NULL THEN s.fingerprint END AS fingerprint,
    s.understood,
    CASE
      WHEN f.fault IS NOT NULL THEN f.fault
      WHEN s.entity_id IS NULL THEN 'not_in_ehr'
      WHEN r.patient_id IS NULL AND s.updated_at IS NULL THEN 'no_updated_at'
      WHEN r.patient_id IS NULL AND s.updated_at > a.delivered_at THEN 'updated_since'
      -- Redox has the record inside another one, and whether this delivery took it out again nobody knows.
      WHEN l.merged_into IS NOT NULL THEN CASE WHEN r.patient_id IS NULL THEN 'merge_undone' ELSE 'merged_away' END
      -- A PatientMerge from the old identifier is due, and no line of such a file speaks of that.
      WHEN l.mrn <> coalesce(s.mrn, s.entity_id) OR l.former_mrns <> '{}' THEN 'mrn_changed'
      WHEN l.synced_at > a.delivered_at AND l.row_fingerprint <> s.fingerprint THEN 'sent_since'
      WHEN EXISTS (
        SELECT FROM call c
        WHERE c.is_open AND c.entity = 'patient' AND c.entity_id = a.entity_id AND c.sending_at > a.delivered_at
      ) THEN 'sent_since'
      ELSE 'told'
    END AS kind
  FROM stage_acknowledged a
  LEFT JOIN stage_patient s ON s.entity_id = a.entity_id
  LEFT JOIN stage_fault f ON f.entity = 'patient' AND f.entity_id = a.entity_id
  LEFT JOIN stage_retired r ON r.patient_id = a.entity_id
  LEFT JOIN patient l ON l.patient_id = a.entity_id
  WHERE a.entity = 'patient' AND a.fault IS NULL
),
told AS (
  INSERT INTO patient AS p (patient_id, presence, mrn, row_fingerprint, builder_version, understood, synced_at)
  SELECT entity_id, 'present', mrn, fingerprint, $2, understood, delivered_at FROM judged WHERE kind = 'told'
  ON CONFLICT (patient_id) DO UPDATE
  SET
    presence = 'present',
    row_fingerprint = excluded.row_fingerprint,
    message_fingerprint = NULL,
    group_fingerprints = NULL,
    match_faults = NULL,
    understood = excluded.understood,
    sent_death = NULL,
    builder_version = excluded.builder_version,
    synced_at = greatest(p.synced_at, excluded.synced_at)
  -- What is certain of this very row is more than this line says.
  WHERE (p.row_fingerprint = excluded.row_fingerprint) IS NOT TRUE
    AND (excluded.row_fingerprint IS NOT NULL OR p.presence <> 'present')
)
INSERT INTO acknowledged (run_number, line, entity, entity_id, patient_id, kind, delivered_at, row_updated_at)
SELECT $1, line, 'patient', entity_id, entity_id, kind, delivered_at, updated_at FROM judged
