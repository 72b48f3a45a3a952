-- Takes merge rows out of the stage that cannot be used, and keeps their keys as faults: a retired patient that is missing, too
-- long for an index (of which the beginning is kept) or named more than once, or a survivor that is missing or too long.
-- Takes no parameters. Gives nothing.
WITH faulty AS (
  SELECT
    coalesce(entity_id, '') AS entity_id,
    CASE
      WHEN coalesce(entity_id, '') = '' THEN 'missing_key'
      WHEN max(octet_length(entity_id)) > 2000 THEN 'key_too_long'
      WHEN count(*) > 1 THEN 'duplicate_key'
      WHEN coalesce(min(surviving_patient_id), '') = '' THEN 'missing_survivor'
      ELSE 'key_too_long'
    END AS fault,
    count(*) AS row_count
  FROM stage_merge
  GROUP BY coalesce(entity_id, '')
  HAVING
    coalesce(entity_id, '') = ''
    OR max(octet_length(entity_id)) > 2000
    OR count(*) > 1
    OR coalesce(min(surviving_patient_id), '') = ''
    OR max(octet_length(surviving_patient_id)) > 2000
),
kept AS (
  INSERT INTO stage_fault (entity, entity_id, fault, row_count)
  SELECT 'merge', CASE WHEN octet_length(entity_id) > 2000 THEN left(entity_id, 400) ELSE entity_id END, min(fault), sum(row_count)
  FROM faulty
  GROUP BY 2
)
DELETE FROM stage_merge USING faulty WHERE coalesce(stage_merge.entity_id, '') = faulty.entity_id
