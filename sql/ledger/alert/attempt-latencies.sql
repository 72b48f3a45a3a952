-- How long the POSTs of a run took. $1: run. $2: upper bounds in seconds, as texts, ascending; a bound belongs to what it bounds.
-- One row per bound that has any: the attempts below it and above the bound before, and their sum in seconds. The bound is null for
-- what took longer than all of them.
SELECT
  ($2::text[])[width_bucket(took - 1e-9, $2::double precision[]) + 1]::double precision AS at_most,
  count(*) AS attempts,
  sum(took) AS seconds
FROM (
  SELECT extract(epoch FROM a.finished_at - a.started_at)::double precision AS took
  FROM attempt a
  JOIN call c ON c.call_id = a.call_id
  WHERE c.run_number = $1
) AS t
GROUP BY 1
