-- How fast a run's calls went out and were answered, in spans of a length that people count in, at most fifty of them.
-- $1: run number. One row per span in which a POST began, and one for the whole run, whose `began_at` is null.
WITH post AS MATERIALIZED (
  SELECT a.started_at, extract(epoch FROM a.finished_at - a.started_at) * 1000 AS ms
  FROM call c
  JOIN attempt a ON a.call_id = c.call_id
  WHERE c.run_number = $1
),
run_span AS (
  SELECT extract(epoch FROM max(started_at) - min(started_at)) AS seconds FROM post
),
span AS (
  SELECT coalesce(min(length) FILTER (WHERE s.seconds / length < 49), 86400) AS seconds
  FROM run_span s
  CROSS JOIN unnest(ARRAY[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800]) AS length
),
placed AS (
  SELECT
    to_timestamp(floor(extract(epoch FROM p.started_at) / s.seconds) * s.seconds) AS began_at,
    p.ms,
    s.seconds
  FROM post p
  CROSS JOIN span s
)
SELECT
  began_at,
  max(seconds)::integer AS seconds,
  count(*) AS posts,
  round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms))::integer AS median_ms,
  round(percentile_cont(0.95) WITHIN GROUP (ORDER BY ms))::integer AS p95_ms,
  round(max(ms))::integer AS longest_ms
FROM placed
GROUP BY GROUPING SETS ((began_at), ())
HAVING count(*) > 0
ORDER BY began_at
