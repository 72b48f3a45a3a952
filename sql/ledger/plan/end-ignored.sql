-- Ends that the absence of rows is left as it is, where they are back, and that a merge is left, where it is undone or leads
-- elsewhere: made once more it is another one. What else is left as it stands ends by itself, because the row is compared with the
-- one that was left. Every merge is staged in every run. Takes no parameters. Gives nothing.
DELETE FROM ignored i
WHERE i.is_gone
  AND (
    i.entity = 'patient' AND EXISTS (SELECT FROM stage_patient s WHERE s.entity_id = i.entity_id)
    OR i.entity = 'encounter' AND EXISTS (SELECT FROM stage_encounter s WHERE s.entity_id = i.entity_id)
  )
  OR i.entity = 'merge'
  AND NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = i.entity_id AND r.survivor_id = i.patient_id)
  AND NOT EXISTS (SELECT FROM stage_fault f WHERE f.entity = 'merge' AND f.entity_id = i.entity_id)
