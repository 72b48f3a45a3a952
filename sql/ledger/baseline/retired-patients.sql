-- Takes the merges of staged patients as told, where the survivor is. Takes no parameters. Gives nothing.
INSERT INTO patient (patient_id, presence, mrn, merged_into, told_at)
SELECT s.entity_id, 'merged', coalesce(s.mrn, s.entity_id), r.survivor_id, now()
FROM stage_retired r
JOIN stage_patient s ON s.entity_id = r.patient_id
JOIN patient survivor ON survivor.patient_id = r.survivor_id
ON CONFLICT DO NOTHING
