-- What was judged since the last night that went through, that night included: all of it where there was none. An apply that went
-- through counts as one. Takes no parameters. One row per judgement, the oldest first.
SELECT job, plan_only, reasons
FROM judgement
WHERE judgement_id >= (
  SELECT coalesce(max(judgement_id), 0)
  FROM judgement
  WHERE job IN ('nightly', 'apply') AND NOT plan_only AND exit_code IN (0, 2)
)
ORDER BY judgement_id
