-- How long ago the POSTs of the last window were over, by the ledger's own clock, for the rate limit, which counts from then
-- (decision 17). An attempt is recorded after its end. What a dead process had in `sending` may have been POSTed as often as a
-- call is tried, the last time just before it was settled, and counts as if it had.
-- $1: the window in milliseconds. $2: how often a call is tried. One row per POST, the oldest first.
WITH recent AS (
  SELECT recorded_at AS at FROM attempt WHERE recorded_at > now() - $1 * interval '1 millisecond'
  UNION ALL
  SELECT recorded_at FROM organization_attempt WHERE recorded_at > now() - $1 * interval '1 millisecond'
  UNION ALL
  SELECT c.finished_at
  FROM call c, generate_series(1, $2) AS try
  WHERE c.sending_at IS NOT NULL AND c.attempts = 0 AND c.finished_at > now() - $1 * interval '1 millisecond'
  UNION ALL
  SELECT r.finished_at
  FROM organization o
  JOIN run r ON r.run_number = o.last_run, generate_series(1, $2) AS try
  WHERE o.last_reason = 'interrupted' AND r.finished_at > now() - $1 * interval '1 millisecond'
)
SELECT extract(epoch FROM now() - at)::double precision * 1000 AS age_ms FROM recent ORDER BY at
