-- Takes the staged finished visits as told under their final survivor, where that one is. How often another sender pushed them
-- nobody here knows: what Redox has counts as the first version of the document, and our first push is its second.
-- $1: version of the message builder. $2: rows updated after this stay to be sent; null for none. Gives nothing.
INSERT INTO encounter (
  encounter_id, presence, patient_id, filed_under, document_version, row_fingerprint, builder_version, synced_at
)
SELECT s.entity_id, 'present', s.patient_id, owner.patient_id, 1, s.fingerprint, $1, now()
FROM stage_encounter s
LEFT JOIN stage_retired r ON r.patient_id = s.patient_id
JOIN patient owner ON owner.patient_id = coalesce(r.survivor_id, s.patient_id) AND owner.presence = 'present'
WHERE s.status = 'finished'
  AND ($2::timestamptz IS NULL OR s.updated_at IS NULL OR s.updated_at <= $2)
ON CONFLICT DO NOTHING
