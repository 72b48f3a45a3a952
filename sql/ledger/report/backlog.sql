-- What nights leave for the next, such as of a first load that takes days: the nights since the last one that went through, each of
-- which left some of its plan, the newest seven of them. Takes no parameters. One row: how many nights, how many calls Redox accepted
-- in them, how many wait.
WITH night AS (
  SELECT run_number
  FROM run
  WHERE job = 'nightly'
    AND status = 'stopped'
    AND NOT plan_only
    AND run_number > (
      SELECT coalesce(max(run_number), 0) FROM run WHERE job = 'nightly' AND status = 'done' AND NOT plan_only
    )
  ORDER BY run_number DESC
  LIMIT 7
)
SELECT
  (SELECT count(*) FROM night) AS nights,
  (SELECT count(*) FROM call c JOIN night n ON n.run_number = c.run_number WHERE c.state = 'accepted') AS accepted,
  (SELECT count(*) FROM call WHERE is_open AND state = 'planned') AS waiting
