-- Takes the merges of staged patients as told, where they were asked for and the survivor is. Of a patient whose merge was made
-- later it is not certain that Redox has the record, and it was not told the merge: that stays to be told.
-- Takes no parameters. Gives nothing.
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
ON CONFLICT DO NOTHING
