-- Wants the patient under whom each staged visit is told, for it cannot be told without. Nobody has a key that is too long for an
-- index: such a patient's row is taken out.
-- $1: asked: true where the patients themselves are asked for too (rerun by activity). Gives nothing.
INSERT INTO stage_wanted (entity, entity_id, asked)
SELECT DISTINCT 'patient', coalesce(r.survivor_id, s.patient_id), $1::boolean
FROM stage_encounter s
LEFT JOIN stage_retired r ON r.patient_id = s.patient_id
WHERE s.patient_id IS NOT NULL AND octet_length(s.patient_id) <= 2000
ON CONFLICT DO NOTHING
