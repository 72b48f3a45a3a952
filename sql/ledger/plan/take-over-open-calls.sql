-- Closes the open calls of earlier runs whose rows this plan has looked at: it has planned them again, or found that nothing is
-- owed any more. A row that was read only because another one depends on it was not looked at, unless something is planned for
-- it: what is owed of it stays owed. What an earlier run never started becomes `superseded`.
-- $1: this run. $2: true after a full sweep, which has looked at every row. $3: true where every merge was looked at.
-- What this plan holds, or could not read, stays open too, with the call that was to bring a held merge's retired patient back.
-- One row: how many were closed.
WITH closed AS (
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
        AND d.kind IN ('held', 'unread')
        AND d.entity_id = c.entity_id
        AND (d.entity = c.entity OR (d.entity = 'merge' AND c.entity = 'patient'))
    )
    AND (
      $2
      OR (c.entity = 'encounter' AND EXISTS (SELECT FROM stage_encounter s WHERE s.entity_id = c.entity_id AND s.asked))
      OR (c.entity = 'patient' AND EXISTS (SELECT FROM stage_patient s WHERE s.entity_id = c.entity_id AND s.asked))
      OR (c.entity = 'merge' AND ($3 OR EXISTS (SELECT FROM stage_merge m WHERE m.entity_id = c.entity_id AND m.asked)))
      OR EXISTS (SELECT FROM stage_wanted w WHERE w.entity = c.entity AND w.entity_id = c.entity_id AND w.asked)
      OR EXISTS (
        SELECT FROM call own
        WHERE own.is_open AND own.run_number = $1 AND own.entity = c.entity AND own.entity_id = c.entity_id
      )
    )
  RETURNING 1
)
SELECT count(*) AS closed FROM closed
