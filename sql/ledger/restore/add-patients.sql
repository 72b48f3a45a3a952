-- Takes in the patients whom the ledger does not know and Redox may have: those of lost calls, and retired ones whose row or merge is
-- newer than what the ledger is certain of. Without a row of the EHR nobody knows under which MRN; those are listed as gone.
-- $1: since when the ledger is not certain. One row: how many.
WITH added AS (
  INSERT INTO patient (patient_id, presence, mrn, sent_death)
  SELECT DISTINCT ON (s.entity_id) s.entity_id, 'uncertain', coalesce(s.mrn, s.entity_id), true
  FROM stage_doubtful d
  JOIN stage_patient s ON s.entity_id = d.patient_id
  LEFT JOIN stage_retired r USING (patient_id)
  LEFT JOIN stage_merge m ON m.entity_id = d.patient_id
  LEFT JOIN stage_patient v ON v.entity_id = r.survivor_id
  WHERE (r.patient_id IS NULL OR r.survivor_id IS NOT NULL)
    AND coalesce(s.mrn, s.entity_id) IS DISTINCT FROM coalesce(v.mrn, v.entity_id)
    AND (
      EXISTS (SELECT FROM stage_lost_call l WHERE l.entity <> 'encounter' AND d.patient_id IN (l.entity_id, l.patient_id))
      OR r.patient_id IS NOT NULL AND (s.updated_at IS NULL OR s.updated_at >= $1 OR m.merged_at IS NULL OR m.merged_at >= $1)
    )
  ON CONFLICT DO NOTHING
  RETURNING 1
)
SELECT count(*) AS added FROM added
