-- Finds the patients of whom Redox may have been sent more than the ledger knows: whoever has a row that was updated since the ledger was
-- certain, or for whom a later run had a call, and whoever is one person with them by a merge that EHR, ledger or such a call knows of.
-- $1: since when. $2: number of the last certain run. $3: this run. Gives nothing.
INSERT INTO stage_doubtful (patient_id)
WITH RECURSIVE visit AS (
  SELECT entity_id FROM stage_encounter WHERE updated_at IS NULL OR updated_at >= $1
  UNION
  SELECT entity_id FROM stage_lost_call WHERE entity = 'encounter'
),
later AS (
  SELECT entity, entity_id, patient_id FROM stage_lost_call
  UNION ALL
  SELECT entity, entity_id, patient_id FROM call WHERE run_number > $2 AND run_number < $3
  UNION ALL
  SELECT entity, entity_id, row_patient_id FROM call WHERE run_number > $2 AND run_number < $3 AND entity = 'encounter'
  UNION ALL
  SELECT 'merge', entity_id, surviving_patient_id FROM stage_merge WHERE merged_at IS NULL OR merged_at >= $1
),
pair AS (
  SELECT patient_id AS one, survivor_id AS other FROM stage_retired WHERE survivor_id IS NOT NULL
  UNION
  SELECT patient_id, merged_into FROM patient WHERE merged_into IS NOT NULL
  UNION
  SELECT patient_id, sent_into FROM patient WHERE sent_into IS NOT NULL
  UNION
  SELECT entity_id, patient_id FROM later WHERE entity = 'merge'
),
edge AS (
  SELECT one, other FROM pair
  UNION ALL
  SELECT other, one FROM pair
),
doubtful AS (
  (
    SELECT entity_id AS patient_id FROM stage_patient WHERE updated_at IS NULL OR updated_at >= $1
    UNION
    SELECT s.patient_id FROM visit JOIN stage_encounter s USING (entity_id)
    UNION
    SELECT e.patient_id FROM visit JOIN encounter e ON e.encounter_id = visit.entity_id
    UNION
    SELECT e.filed_under FROM visit JOIN encounter e ON e.encounter_id = visit.entity_id
    UNION
    SELECT patient_id FROM later
    UNION
    SELECT entity_id FROM later WHERE entity <> 'encounter'
  )
  UNION
  SELECT edge.other FROM doubtful JOIN edge ON edge.one = doubtful.patient_id
)
SELECT patient_id FROM doubtful WHERE patient_id IS NOT NULL
