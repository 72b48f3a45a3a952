-- Takes back what is on hold by now, because UNKNOWN_OUTCOME says hold and did not when it was planned: the row's call of unknown
-- outcome stays open in its place.
-- $1: this run. Gives nothing.
UPDATE call c
SET state = 'superseded', reason = 'on_hold', finished_at = now(), is_open = false
WHERE c.run_number = $1
  AND c.state = 'planned'
  AND NOT c.forced
  AND EXISTS (
    SELECT FROM call u
    WHERE u.is_open
      AND u.state = 'unknown'
      AND u.run_number < $1
      AND u.entity = c.entity
      AND u.entity_id = c.entity_id
  )
