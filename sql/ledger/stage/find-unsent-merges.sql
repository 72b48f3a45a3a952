-- Finds the merges that Redox was not told as the EHR has them: all but those of patients whose record is with the survivor, and whose
-- own merge was told to lead there. Safe to repeat. Takes no parameters. Gives nothing.
INSERT INTO stage_unsent_merge (patient_id)
SELECT r.patient_id
FROM stage_retired r
LEFT JOIN (
  SELECT
    p.patient_id,
    coalesce(t.survivor_id, p.merged_into) AS survivor_id,
    coalesce(o.survivor_id, p.sent_into) AS own_survivor_id
  FROM patient p
  LEFT JOIN stage_retired t ON t.patient_id = p.merged_into
  LEFT JOIN stage_retired o ON o.patient_id = p.sent_into
  -- Only who is merged is inside somebody; the index of those spares all other patients.
  WHERE p.merged_into IS NOT NULL AND p.presence = 'merged'
) told
  ON told.patient_id = r.patient_id
  AND told.survivor_id = r.survivor_id
  AND told.own_survivor_id = r.survivor_id
WHERE told.patient_id IS NULL
ON CONFLICT DO NOTHING
