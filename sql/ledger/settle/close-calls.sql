-- Closes the open calls of earlier runs on which a person has said a word.
-- $1: run. $2: entities. $3: ids. $4: for each the event type that was settled, or null for every call of the row. A NewPatient
-- and a PatientUpdate are one: both tell the row. Gives nothing.
UPDATE call c
SET
  is_open = false,
  state = CASE WHEN c.state = 'planned' THEN 'superseded' ELSE c.state END,
  reason = CASE WHEN c.state = 'planned' THEN 'newer_plan' ELSE c.reason END,
  finished_at = coalesce(c.finished_at, now())
FROM unnest($2::text[], $3::text[], $4::text[]) AS i (entity, entity_id, event_type)
WHERE c.is_open
  AND c.state <> 'sending'
  AND c.run_number <> $1
  AND c.entity = i.entity
  AND c.entity_id = i.entity_id
  AND (i.event_type IS NULL OR (c.event_type = 'PatientMerge') = (i.event_type = 'PatientMerge'))
