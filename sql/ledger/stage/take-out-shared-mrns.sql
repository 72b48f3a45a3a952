-- Takes patients out of the stage who are live, and whose MRN another live patient has too, in the EHR or at Redox: to tell
-- Redox either would put one person's data into another's record. An MRN is another's at Redox also while a merge that retires
-- it is owed or uncertain: that merge would take this patient's new record with it.
-- Takes no parameters. Gives nothing.
WITH suspect AS MATERIALIZED (
  -- Nothing is new about the others: what is not compared, and what was touched, at Redox too.
  SELECT coalesce(mrn, entity_id) AS mrn
  FROM stage_patient
  WHERE chunk_id IN (SELECT chunk_id FROM stage_chunk WHERE unchanged IS NULL)
  UNION
  SELECT unnest(l.former_mrns || l.mrn)
  FROM redox_reconcile_sweep.dirty_row t
  JOIN patient l ON l.patient_id = t.entity_id
  WHERE t.entity = 'patient'
),
live AS MATERIALIZED (
  SELECT s.entity_id, coalesce(s.mrn, s.entity_id) AS mrn, s.mrn IS NOT NULL AS has_own_mrn
  FROM stage_patient s
  WHERE coalesce(s.mrn, s.entity_id) IN (SELECT mrn FROM suspect)
    AND NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = s.entity_id)
),
shared_in_ehr AS (
  SELECT unnest(array_agg(entity_id)) AS entity_id
  FROM live
  WHERE EXISTS (SELECT FROM stage_patient WHERE mrn IS NOT NULL)
  GROUP BY mrn
  HAVING count(*) > 1
),
held_by_another AS (
  SELECT live.entity_id
  FROM live
  JOIN patient other ON other.mrn = live.mrn AND other.patient_id <> live.entity_id
  LEFT JOIN stage_retired r ON r.patient_id = other.patient_id
  WHERE (live.has_own_mrn OR other.mrn <> other.patient_id)
    AND other.presence <> 'merged'
    AND r.survivor_id IS DISTINCT FROM live.entity_id
),
owed_by_another AS (
  SELECT live.entity_id
  FROM patient other
  CROSS JOIN LATERAL unnest(other.former_mrns) AS former (mrn)
  JOIN live ON live.mrn = former.mrn AND live.entity_id <> other.patient_id
  WHERE other.former_mrns <> '{}' AND other.presence <> 'merged'
),
faulty AS (
  SELECT entity_id FROM shared_in_ehr
  UNION SELECT entity_id FROM held_by_another
  UNION SELECT entity_id FROM owed_by_another
),
kept AS (
  INSERT INTO stage_fault (entity, entity_id, fault, row_count)
  SELECT 'patient', entity_id, 'shared_mrn', 1 FROM faulty
),
taken AS (
  DELETE FROM stage_patient USING faulty WHERE stage_patient.entity_id = faulty.entity_id
  RETURNING chunk_id
)
-- What is left of the chunk is compared, and the next sweep stages it anew.
UPDATE stage_chunk
SET digest = NULL, unchanged = NULL, not_due = NULL, known = NULL
WHERE chunk_id IN (SELECT chunk_id FROM taken)
