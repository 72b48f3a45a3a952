-- Takes patient rows out of the stage whose key is missing or stands more than once, and keeps their keys as faults.
-- Takes no parameters. Gives nothing.
WITH faulty AS (
  SELECT
    coalesce(entity_id, '') AS entity_id,
    CASE WHEN coalesce(entity_id, '') = '' THEN 'missing_key' ELSE 'duplicate_key' END AS fault,
    count(*) AS row_count
  FROM stage_patient
  GROUP BY coalesce(entity_id, '')
  HAVING coalesce(entity_id, '') = '' OR count(*) > 1
),
kept AS (
  INSERT INTO stage_fault (entity, entity_id, fault, row_count)
  SELECT 'patient', entity_id, fault, row_count FROM faulty
)
DELETE FROM stage_patient USING faulty WHERE coalesce(stage_patient.entity_id, '') = faulty.entity_id
