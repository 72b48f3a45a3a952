-- Closes what was owed of the rows that count as told, and forgets that Redox refused them before. $1: this run. Gives nothing.
WITH told AS (
  SELECT entity, entity_id FROM acknowledged WHERE run_number = $1 AND kind = 'told'
),
no_longer_refused AS (
  DELETE FROM rejection x USING told WHERE x.entity = told.entity AND x.entity_id = told.entity_id
)
UPDATE call c
SET
  is_open = false,
  state = CASE WHEN c.state = 'planned' THEN 'superseded' ELSE c.state END,
  reason = CASE WHEN c.state = 'planned' THEN 'newer_plan' ELSE c.reason END,
  finished_at = coalesce(c.finished_at, now())
FROM told
WHERE c.is_open AND c.state <> 'sending' AND c.entity = told.entity AND c.entity_id = told.entity_id
