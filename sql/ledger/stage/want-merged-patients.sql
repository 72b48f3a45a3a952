-- Wants both ends of each merge that Redox was not told as the EHR has it, and each patient whose merge the EHR has undone.
-- Only merges that are asked for. $1: true where undone merges are asked for too. Gives nothing.
INSERT INTO stage_wanted (entity, entity_id, asked)
WITH told AS (
  SELECT
    p.patient_id,
    p.presence,
    coalesce(t.survivor_id, p.merged_into) AS survivor_id,
    coalesce(o.survivor_id, p.told_into) AS own_survivor_id
  FROM patient p
  LEFT JOIN stage_retired t ON t.patient_id = p.merged_into
  LEFT JOIN stage_retired o ON o.patient_id = p.told_into
),
untold AS (
  SELECT r.patient_id, r.survivor_id
  FROM stage_retired r
  JOIN stage_merge m ON m.entity_id = r.patient_id AND m.asked
  JOIN told ON told.patient_id = r.patient_id
  WHERE r.survivor_id IS NOT NULL
    AND (
      told.presence = 'merged' AND told.survivor_id = r.survivor_id AND told.own_survivor_id = r.survivor_id
    ) IS NOT TRUE
)
SELECT 'patient', patient_id, false FROM untold
UNION
SELECT 'patient', survivor_id, false FROM untold
UNION
SELECT 'patient', p.patient_id, false
FROM patient p
WHERE $1
  AND p.merged_into IS NOT NULL
  AND NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = p.patient_id)
ON CONFLICT DO NOTHING
