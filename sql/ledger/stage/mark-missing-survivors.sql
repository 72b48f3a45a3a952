-- Marks chains whose end is no usable row of the EHR.
-- $1: true where all patients were scanned; else only survivors who were looked for can be missing. $2: true where some patients
-- could not be read, so that a missing survivor may be one of them. Gives nothing.
WITH marked AS (
  UPDATE stage_retired r
  SET
    survivor_id = NULL,
    fault = CASE
      WHEN $2 OR EXISTS (
        SELECT FROM stage_fault f
        WHERE f.entity = 'patient' AND f.entity_id = r.survivor_id AND f.fault IN ('damaged', 'merge_unread')
      )
      THEN 'survivor_unread'
      ELSE 'merge_without_survivor'
    END
  WHERE r.survivor_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM stage_patient s WHERE s.entity_id = r.survivor_id)
    AND ($1 OR EXISTS (SELECT FROM stage_wanted w WHERE w.entity = 'patient' AND w.entity_id = r.survivor_id))
  RETURNING r.patient_id
)
INSERT INTO stage_unsent_merge (patient_id)
SELECT patient_id FROM marked
ON CONFLICT DO NOTHING
