-- What was judged since the last night that went through, that night included: all of it where there was none. An apply that went
-- through counts as one. Takes no parameters. One row per judgement, the oldest first.
SELECT job, plan_only, reasons
FROM health_record
WHERE health_record_id >= (
  SELECT coalesce(max(health_record_id), 0)
  FROM health_record
  WHERE job IN ('nightly', 'apply') AND NOT plan_only AND exit_code IN (0, 2)
)
ORDER BY health_record_id
