-- Wants the visits whose document Redox holds under another person than the EHR's merges now say (decision 14).
-- Takes no parameters. Gives nothing.
INSERT INTO stage_wanted (entity, entity_id, asked)
SELECT 'encounter', e.encounter_id, true
FROM encounter e
LEFT JOIN stage_retired filed ON filed.patient_id = e.filed_under
LEFT JOIN stage_retired own ON own.patient_id = e.patient_id
WHERE e.patient_id <> e.filed_under
  AND own.fault IS NULL
  AND coalesce(filed.survivor_id, e.filed_under) <> coalesce(own.survivor_id, e.patient_id)
ON CONFLICT DO NOTHING
