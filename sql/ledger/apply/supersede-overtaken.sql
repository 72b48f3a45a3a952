-- Takes back what the EHR's merges of now no longer call for: a merge that is undone or leads elsewhere, a patient who was retired
-- meanwhile, a visit that is told under somebody else by now. All of them stay open.
-- $1: this run. Gives nothing.
UPDATE call c
SET state = 'superseded', reason = 'row_changed', finished_at = now()
WHERE c.run_number = $1
  AND c.state = 'planned'
  AND CASE c.entity
    WHEN 'merge' THEN NOT EXISTS (
      SELECT FROM stage_retired r WHERE r.patient_id = c.entity_id AND r.survivor_id = c.patient_id
    )
    WHEN 'patient' THEN EXISTS (
      -- A patient who is being merged may have to be told once more before, by a call of the same plan.
      SELECT FROM stage_retired r
      WHERE r.patient_id = c.entity_id
        AND NOT EXISTS (
          SELECT FROM call m
          WHERE m.run_number = $1 AND m.entity = 'merge' AND m.entity_id = c.entity_id AND m.patient_id = r.survivor_id
        )
    )
    ELSE c.patient_id IS DISTINCT FROM (
      SELECT CASE WHEN count(*) = 0 THEN c.row_patient_id ELSE min(r.survivor_id) END
      FROM stage_retired r
      WHERE r.patient_id = c.row_patient_id
    )
  END
