-- What is usual: the largest count of each figure in the last 14 nights. A night is a sweep that was done, with the runs since the
-- sweep before it, for what an intraday has told the sweep does not find any more.
-- Takes no parameters. One row.
WITH counted AS (
  SELECT
    change_counts,
    started_at,
    mode,
    count(*) FILTER (WHERE mode = 'sweep') OVER (ORDER BY run_number DESC) AS night
  FROM run
  WHERE NOT plan_only AND change_counts IS NOT NULL AND status = 'done'
),
recent AS (
  SELECT * FROM counted WHERE night BETWEEN 1 AND 14
),
figure AS (
  SELECT c.night, f.key, sum(f.value::bigint) AS total
  FROM recent c
  CROSS JOIN LATERAL jsonb_each_text(c.change_counts) AS f
  GROUP BY c.night, f.key
),
largest AS (
  SELECT key, max(total) AS total FROM figure GROUP BY key
)
SELECT
  (SELECT count(DISTINCT night) FROM recent) AS nights,
  (SELECT max(started_at) FROM recent WHERE mode = 'sweep') AS last_night_at,
  (SELECT coalesce(jsonb_object_agg(key, total), '{}') FROM largest) AS largest
