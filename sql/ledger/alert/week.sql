-- What the nights before measured: the fewest lines, the best share, the most rows missed. $1: since when. One row; null where nothing.
SELECT
  min(person_lines) AS person_lines,
  max(findable_share) AS findable_share,
  max(missed_rows) AS missed_rows
FROM health_record
WHERE recorded_at >= $1 AND job IN ('nightly', 'apply') AND NOT plan_only
