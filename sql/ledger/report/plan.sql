-- What a plan would tell Redox, by why. $1: run number. One row per event type that was planned.
SELECT
  c.event_type,
  count(*)::integer AS calls,
  count(*) FILTER (WHERE d.is_new)::integer AS new,
  count(*) FILTER (WHERE d.is_changed AND NOT d.is_new)::integer AS changed
FROM call c
CROSS JOIN LATERAL (
  SELECT
    coalesce(bool_or(kind = 'new'), false) AS is_new,
    coalesce(bool_or(kind IN ('changed', 'silent_change')), false) AS is_changed
  FROM discrepancy
  WHERE run_number = $1 AND entity = c.entity AND entity_id = c.entity_id
) AS d
WHERE c.run_number = $1
GROUP BY c.event_type
