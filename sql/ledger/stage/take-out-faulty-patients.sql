-- Takes patient rows out of the stage whose key is missing or stands more than once, whose key or MRN is too long for an index, or
-- that have a fault of their own, and keeps their keys as faults; of a key that is too long, its beginning. Rows that are the same to
-- the last byte count once: their copies are dropped.
-- Takes no parameters. One row: how many copies were dropped.
WITH uncompared AS MATERIALIZED (
  SELECT entity_id, octet_length(mrn) > 2000 OR fault IS NOT NULL AS is_unusable
  FROM stage_patient
  WHERE chunk_id IN (SELECT chunk_id FROM stage_chunk WHERE unchanged IS NULL)
),
suspect AS MATERIALIZED (
  SELECT coalesce(entity_id, '') AS entity_id
  FROM uncompared
  WHERE coalesce(entity_id, '') = '' OR octet_length(entity_id) > 2000 OR is_unusable
  UNION
  -- Counted and nothing else: this is done for every row that is not compared, and what is wrong is looked for in few.
  SELECT entity_id FROM stage_patient WHERE entity_id IN (SELECT entity_id FROM uncompared) GROUP BY entity_id HAVING count(*) > 1
),
faulty AS (
  SELECT
    coalesce(entity_id, '') AS entity_id,
    CASE
      WHEN coalesce(entity_id, '') = '' THEN 'missing_key'
      WHEN max(octet_length(entity_id)) > 2000 THEN 'key_too_long'
      WHEN count(fault) = count(*) THEN min(fault)
      WHEN count(DISTINCT (mrn, updated_at, fingerprint)) > 1 THEN 'duplicate_key'
      ELSE 'key_too_long'
    END AS fault,
    count(*) AS row_count
  FROM stage_patient
  WHERE coalesce(entity_id, '') IN (SELECT entity_id FROM suspect)
  GROUP BY coalesce(entity_id, '')
  HAVING
    coalesce(entity_id, '') = ''
    OR count(DISTINCT (mrn, updated_at, fingerprint)) > 1
    OR count(fault) > 0
    OR max(octet_length(entity_id)) > 2000
    OR max(octet_length(mrn)) > 2000
),
kept AS (
  INSERT INTO stage_fault (entity, entity_id, fault, row_count)
  SELECT 'patient', CASE WHEN octet_length(entity_id) > 2000 THEN left(entity_id, 400) ELSE entity_id END, min(fault), sum(row_count)
  FROM faulty
  GROUP BY 2
),
taken AS (
  DELETE FROM stage_patient USING faulty WHERE coalesce(stage_patient.entity_id, '') = faulty.entity_id
  RETURNING chunk_id
),
numbered AS (
  SELECT ctid AS place, row_number() OVER (PARTITION BY entity_id ORDER BY asked DESC, chunk_id) AS nth
  FROM stage_patient
  WHERE entity_id IN (SELECT entity_id FROM suspect) AND entity_id NOT IN (SELECT entity_id FROM faulty)
),
dropped AS (
  DELETE FROM stage_patient USING numbered WHERE stage_patient.ctid = numbered.place AND nth > 1
  RETURNING chunk_id
),
-- What is left of the chunk is compared, and the next sweep stages it anew.
reopened AS (
  UPDATE stage_chunk
  SET digest = NULL, unchanged = NULL, not_due = NULL, known = NULL
  WHERE chunk_id IN (SELECT chunk_id FROM taken UNION SELECT chunk_id FROM dropped)
)
SELECT count(*) AS copies FROM dropped
