-- Unsettles the chunks of rows that were touched. Takes no parameters. Gives nothing.
UPDATE stage_chunk c
SET unchanged = NULL, not_due = NULL, known = NULL
WHERE unchanged IS NOT NULL
  AND (
    EXISTS (SELECT FROM dirty_row t WHERE t.entity = c.entity AND t.entity_id = '')
    OR chunk_id IN (
      SELECT s.chunk_id FROM stage_patient s JOIN dirty_row t ON t.entity = 'patient' AND t.entity_id = s.entity_id
      UNION
      SELECT s.chunk_id FROM stage_encounter s JOIN dirty_row t ON t.entity = 'encounter' AND t.entity_id = s.entity_id
    )
  )
