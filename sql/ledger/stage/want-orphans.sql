-- Wants the visits that the last sweep, or a run since, found to be orphans, and whose patient is among the staged rows: the visit
-- itself need not have changed. Takes no parameters. Gives nothing.
INSERT INTO stage_wanted (entity, entity_id, asked)
SELECT DISTINCT 'encounter', d.entity_id, true
FROM discrepancy d
JOIN stage_patient s ON s.entity_id = d.patient_id
WHERE d.kind = 'orphan'
  AND d.run_number >= (
    SELECT coalesce(max(run_number), 0) FROM run WHERE mode = 'sweep' AND status = 'done' AND NOT plan_only
  )
ON CONFLICT DO NOTHING
