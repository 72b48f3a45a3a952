-- Takes merge rows out of the stage that cannot be used, and keeps their keys as faults: a retired patient that is missing, too
-- long for an index (of which the beginning is kept) or named more than once, a survivor that is missing or too long, or a fault of
-- the row's own. Rows that are the same to the last byte count once: their copies are dropped.
-- Takes no parameters. One row: how many copies were dropped.
WITH faulty AS (
  SELECT
    coalesce(entity_id, '') AS entity_id,
    CASE
      WHEN coalesce(entity_id, '') = '' THEN 'missing_key'
      WHEN max(octet_length(entity_id)) > 2000 THEN 'key_too_long'
      WHEN count(fault) = count(*) THEN min(fault)
      WHEN count(DISTINCT (surviving_patient_id, merged_at)) > 1 THEN 'duplicate_key'
      WHEN coalesce(min(surviving_patient_id), '') = '' THEN 'missing_survivor'
      ELSE 'key_too_long'
    END AS fault,
    count(*) AS row_count
  FROM stage_merge
  GROUP BY coalesce(entity_id, '')
  HAVING
    coalesce(entity_id, '') = ''
    OR max(octet_length(entity_id)) > 2000
    OR count(DISTINCT (surviving_patient_id, merged_at)) > 1
    OR count(fault) > 0
    OR coalesce(min(surviving_patient_id), '') = ''
    OR max(octet_length(surviving_patient_id)) > 2000
),
kept AS (
  INSERT INTO stage_fault (entity, entity_id, fault, row_count)
  SELECT 'merge', CASE WHEN octet_length(entity_id) > 2000 THEN left(entity_id, 400) ELSE entity_id END, min(fault), sum(row_count)
  FROM faulty
  GROUP BY 2
),
taken AS (
  DELETE FROM stage_merge USING faulty WHERE coalesce(stage_merge.entity_id, '') = faulty.entity_id
),
numbered AS (
  SELECT ctid AS place, row_number() OVER (PARTITION BY entity_id ORDER BY asked DESC) AS nth
  FROM stage_merge
  WHERE entity_id NOT IN (SELECT entity_id FROM faulty)
),
dropped AS (
  DELETE FROM stage_merge USING numbered WHERE stage_merge.ctid = numbered.place AND nth > 1
  RETURNING 1
)
SELECT count(*) AS copies FROM dropped
