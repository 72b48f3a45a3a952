-- Closes what was owed to the former target. Takes no parameters. Gives nothing.
UPDATE call
SET
  is_open = false,
  state = CASE WHEN state = 'planned' THEN 'superseded' ELSE state END,
  reason = CASE WHEN state = 'planned' THEN 'new_target' ELSE reason END,
  finished_at = coalesce(finished_at, now())
WHERE is_open AND state <> 'sending'
