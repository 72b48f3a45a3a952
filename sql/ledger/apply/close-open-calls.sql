-- Closes the open calls of earlier runs that the plan would have taken over when it was made: of every row after a full sweep, else
-- of the rows for which something is planned. What the plan holds, and what is on hold by now, stays open.
-- $1: this run. $2: true where its plan has looked at every row. Gives nothing.
UPDATE call c
SET
  is_open = false,
  state = CASE WHEN c.state = 'planned' THEN 'superseded' ELSE c.state END,
  reason = CASE WHEN c.state = 'planned' THEN 'newer_plan' ELSE c.reason END,
  finished_at = coalesce(c.finished_at, now())
WHERE c.is_open
  AND c.state <> 'sending'
  AND c.run_number <> $1
  AND NOT EXISTS (
    SELECT FROM discrepancy d
    WHERE d.run_number = $1
      AND d.kind = 'held'
      AND d.entity_id = c.entity_id
      AND (d.entity = c.entity OR (d.entity = 'merge' AND c.entity = 'patient'))
  )
  AND NOT EXISTS (
    SELECT FROM call own
    WHERE own.run_number = $1 AND own.reason = 'on_hold' AND own.entity = c.entity AND own.entity_id = c.entity_id
  )
  AND (
    $2
    OR EXISTS (
      SELECT FROM call own
      WHERE own.is_open AND own.run_number = $1 AND own.entity = c.entity AND own.entity_id = c.entity_id
    )
  )
