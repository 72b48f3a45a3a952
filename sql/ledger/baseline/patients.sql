-- Takes the staged live patients as told. What the ledger knows already is left alone.
-- $1: version of the message builder. $2: rows updated after this stay to be sent; null for none. Gives nothing.
INSERT INTO patient (patient_id, presence, mrn, row_fingerprint, builder_version, understood, synced_at)
SELECT s.entity_id, 'present', coalesce(s.mrn, s.entity_id), s.fingerprint, $1, s.understood, now()
FROM stage_patient s
WHERE NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = s.entity_id)
  AND ($2::timestamptz IS NULL OR s.updated_at IS NULL OR s.updated_at <= $2)
ON CONFLICT DO NOTHING
