-- Takes the merges whose survivor is not merged: their chain ends there. Where the survivor's own merge row cannot be used, it ends
-- nowhere, and such a row still says that its own patient is not to be told as a live one.
-- Takes no parameters. Gives nothing.
INSERT INTO stage_retired (patient_id, survivor_id, fault)
SELECT
  m.entity_id,
  CASE WHEN f.entity_id IS NULL THEN m.surviving_patient_id END,
  CASE WHEN f.entity_id IS NOT NULL THEN 'merge_without_survivor' END
FROM stage_merge m
LEFT JOIN stage_fault f ON f.entity = 'merge' AND f.entity_id = m.surviving_patient_id
WHERE NOT EXISTS (SELECT FROM stage_merge further WHERE further.entity_id = m.surviving_patient_id)
UNION ALL
SELECT entity_id, NULL, fault
FROM stage_fault
WHERE entity = 'merge' AND entity_id <> ''
