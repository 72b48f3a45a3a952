-- Follows every chain of merges to its end, from the survivors who are not merged themselves outwards: each retired patient is
-- met once, whatever the length of the chain. Who is not met hangs on a cycle; a chain that leads to a merge row that cannot be
-- used ends nowhere.
-- Takes no parameters. Gives nothing.
INSERT INTO stage_retired (patient_id, survivor_id, fault)
WITH RECURSIVE chain AS (
  SELECT
    m.entity_id AS patient_id,
    CASE WHEN f.entity_id IS NULL THEN m.surviving_patient_id END AS survivor_id
  FROM stage_merge m
  LEFT JOIN stage_fault f ON f.entity = 'merge' AND f.entity_id = m.surviving_patient_id
  WHERE NOT EXISTS (SELECT FROM stage_merge further WHERE further.entity_id = m.surviving_patient_id)
  UNION ALL
  SELECT m.entity_id, chain.survivor_id
  FROM chain
  JOIN stage_merge m ON m.surviving_patient_id = chain.patient_id
)
SELECT
  m.entity_id,
  chain.survivor_id,
  CASE
    WHEN chain.patient_id IS NULL THEN 'merge_cycle'
    WHEN chain.survivor_id IS NULL THEN 'merge_without_survivor'
  END
FROM stage_merge m
LEFT JOIN chain ON chain.patient_id = m.entity_id
UNION ALL
-- A merge row that cannot be used still says that this patient is not to be told as a live one.
SELECT entity_id, NULL, fault
FROM stage_fault
WHERE entity = 'merge' AND entity_id <> ''
