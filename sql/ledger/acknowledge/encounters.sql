-- Judges the acknowledged visits, and takes as told those whose row has not been updated since: Redox holds the document under the
-- end of the patient's merges. How often another sender has pushed it nobody here knows, so our own count of versions goes on.
-- $1: this run. $2: version of the message builder. Gives nothing.
WITH judged AS (
  SELECT
    a.line, a.entity_id, a.delivered_at, s.updated_at, s.patient_id, s.fingerprint, owner.patient_id AS filed_under,
    coalesce(r.survivor_id, s.patient_id) AS owner_id,
    CASE
      WHEN f.fault IS NOT NULL THEN f.fault
      WHEN s.entity_id IS NULL THEN 'not_in_ehr'
      WHEN s.status <> 'finished' THEN 'not_finished'
      WHEN s.updated_at IS NULL THEN 'no_updated_at'
      WHEN s.updated_at > a.delivered_at THEN 'updated_since'
      WHEN r.fault IS NOT NULL THEN r.fault
      WHEN owner.patient_id IS NULL THEN 'patient_not_present'
      WHEN l.synced_at > a.delivered_at
        AND (l.row_fingerprint <> s.fingerprint OR coalesce(filed.survivor_id, l.filed_under) <> owner.patient_id) THEN 'sent_since'
      WHEN EXISTS (
        SELECT FROM call c
        WHERE c.is_open AND c.entity = 'encounter' AND c.entity_id = a.entity_id AND c.sending_at > a.delivered_at
      ) THEN 'sent_since'
      ELSE 'told'
    END AS kind
  FROM stage_acknowledged a
  LEFT JOIN stage_encounter s ON s.entity_id = a.entity_id
  LEFT JOIN stage_fault f ON f.entity = 'encounter' AND f.entity_id = a.entity_id
  LEFT JOIN stage_retired r ON r.patient_id = s.patient_id
  LEFT JOIN patient owner ON owner.patient_id = coalesce(r.survivor_id, s.patient_id) AND owner.presence = 'present'
  LEFT JOIN encounter l ON l.encounter_id = a.entity_id
  LEFT JOIN stage_retired filed ON filed.patient_id = l.filed_under
  WHERE a.entity = 'encounter' AND a.fault IS NULL
),
told AS (
  INSERT INTO encounter AS e (encounter_id, presence, patient_id, filed_under, row_fingerprint, builder_version, synced_at)
  SELECT entity_id, 'present', patient_id, filed_under, fingerprint, $2, delivered_at FROM judged WHERE kind = 'told'
  ON CONFLICT (encounter_id) DO UPDATE
  SET
    presence = 'present',
    patient_id = excluded.patient_id,
    filed_under = excluded.filed_under,
    row_fingerprint = excluded.row_fingerprint,
    message_fingerprint = NULL,
    group_fingerprints = NULL,
    builder_version = excluded.builder_version,
    synced_at = greatest(e.synced_at, excluded.synced_at)
  -- What is certain of this very row is more than this line says.
  WHERE (e.row_fingerprint = excluded.row_fingerprint AND e.filed_under = excluded.filed_under) IS NOT TRUE
)
INSERT INTO acknowledged (run_number, line, entity, entity_id, patient_id, kind, delivered_at, row_updated_at)
SELECT $1, line, 'encounter', entity_id, owner_id, kind, delivered_at, updated_at FROM judged
