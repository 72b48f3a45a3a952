-- Takes merge rows out of the stage that cannot be used, and keeps their keys as faults: a retired patient that is missing or
-- named more than once, or a survivor that is missing.
-- Takes no parameters. Gives nothing.
WITH faulty AS (
  SELECT
    coalesce(entity_id, '') AS entity_id,
    CASE
      WHEN coalesce(entity_id, '') = '' THEN 'missing_key'
      WHEN count(*) > 1 THEN 'duplicate_key'
      ELSE 'missing_survivor'
    END AS fault,
    count(*) AS row_count
  FROM stage_merge
  GROUP BY coalesce(entity_id, '')
  HAVING coalesce(entity_id, '') = '' OR count(*) > 1 OR coalesce(min(surviving_patient_id), '') = ''
),
kept AS (
  INSERT INTO stage_fault (entity, entity_id, fault, row_count)
  SELECT 'merge', entity_id, fault, row_count FROM faulty
)
DELETE FROM stage_merge USING faulty WHERE coalesce(stage_merge.entity_id, '') = faulty.entity_id
