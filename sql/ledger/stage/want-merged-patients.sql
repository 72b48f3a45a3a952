-- Wants both ends of each merge that Redox was not told as the EHR has it, and each patient whose merge the EHR has undone.
-- Only merges that are asked for. $1: true where undone merges are asked for too. Gives nothing.
INSERT INTO stage_wanted (entity, entity_id, asked)
WITH untold AS (
  SELECT r.patient_id, r.survivor_id
  FROM stage_unsent_merge
  JOIN stage_retired r USING (patient_id)
  JOIN stage_merge m ON m.entity_id = r.patient_id AND m.asked
  JOIN patient p ON p.patient_id = r.patient_id
  WHERE r.survivor_id IS NOT NULL
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
