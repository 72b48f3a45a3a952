-- `baseline`: the EHR's current rows count as synced, because Redox has them already. First patients, then merges, then
-- visits.

-- name: baseline_patients
-- Records the staged live patients as sent. Rows already in the ledger are unchanged.
-- $1: version of the message builder. $2: rows updated after this stay to be sent; null for none.
INSERT INTO patient (patient_id, presence, mrn, row_fingerprint, builder_version, understood, synced_at)
SELECT s.entity_id, 'present', coalesce(s.mrn, s.entity_id), s.fingerprint, $1, s.understood, now()
FROM stage_patient s
WHERE NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = s.entity_id)
  AND ($2::timestamptz IS NULL OR s.updated_at IS NULL OR s.updated_at <= $2)
ON CONFLICT DO NOTHING;

-- name: baseline_retired_patients
-- Records the merges of staged patients as sent, if they were requested and the survivor is recorded. Later merges remain
-- to be sent: Redox did not receive them, and may lack the retired record.
INSERT INTO patient (patient_id, presence, mrn, merged_into, sent_into, synced_at)
SELECT
  s.entity_id,
  CASE WHEN m.asked THEN 'merged' ELSE 'uncertain' END,
  coalesce(s.mrn, s.entity_id),
  CASE WHEN m.asked THEN r.survivor_id END,
  CASE WHEN m.asked THEN r.survivor_id END,
  CASE WHEN m.asked THEN now() END
FROM stage_retired r
JOIN stage_merge m ON m.entity_id = r.patient_id
JOIN stage_patient s ON s.entity_id = r.patient_id
LEFT JOIN patient survivor ON survivor.patient_id = r.survivor_id
WHERE r.survivor_id IS NOT NULL
  AND (survivor.patient_id IS NOT NULL OR NOT m.asked)
ON CONFLICT DO NOTHING;

-- name: baseline_encounters
-- Records the staged finished visits as sent under their final survivor, if the survivor is recorded. The number of
-- earlier pushes by another sender is unknown: the document at Redox counts as version 1, and our first push is version
-- 2.
-- $1: version of the message builder. $2: rows updated after this stay to be sent; null for none.
INSERT INTO encounter (
  encounter_id, presence, patient_id, filed_under, document_version, row_fingerprint, builder_version, synced_at
)
SELECT s.entity_id, 'present', s.patient_id, owner.patient_id, 1, s.fingerprint, $1, now()
FROM stage_encounter s
LEFT JOIN stage_retired r ON r.patient_id = s.patient_id
JOIN patient owner ON owner.patient_id = coalesce(r.survivor_id, s.patient_id) AND owner.presence = 'present'
WHERE s.status = 'finished'
  AND ($2::timestamptz IS NULL OR s.updated_at IS NULL OR s.updated_at <= $2)
ON CONFLICT DO NOTHING;
