-- Ends that the absence of rows is left as it is, where they are back. What is left as it stands ends by itself, because the row is
-- compared with the one that was left. Takes no parameters. Gives nothing.
DELETE FROM ignored i
WHERE i.is_gone
  AND (
    i.entity = 'patient' AND EXISTS (SELECT FROM stage_patient s WHERE s.entity_id = i.entity_id)
    OR i.entity = 'encounter' AND EXISTS (SELECT FROM stage_encounter s WHERE s.entity_id = i.entity_id)
  )
