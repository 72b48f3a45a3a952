-- The merges whose survivor is merged in turn: their chains are longer than one. Where the survivor's own chain has ended, `next` is
-- its end, or null where it ends nowhere.
-- Takes no parameters. One row per merge.
SELECT m.entity_id AS patient_id, CASE WHEN r.patient_id IS NULL THEN m.surviving_patient_id ELSE r.survivor_id END AS next
FROM stage_merge m
JOIN stage_merge further ON further.entity_id = m.surviving_patient_id
LEFT JOIN stage_retired r ON r.patient_id = m.surviving_patient_id
