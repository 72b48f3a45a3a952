-- A run as its summary tells it. $1: run number. One row.
SELECT
  run_id, job, mode, status, started_at, finished_at, exit_code, watermark_from, watermark_to, counts,
  (SELECT count(*) FROM discrepancy d WHERE d.run_number = $1 AND d.kind = 'silent_change') AS missed,
  message.checked,
  message.objected
FROM run
CROSS JOIN LATERAL (
  -- What was sent had been looked at.
  SELECT
    count(*) FILTER (WHERE c.sending_at IS NOT NULL OR c.reason IN ('invalid_message', 'too_large')) AS checked,
    count(*) FILTER (WHERE c.reason IN ('invalid_message', 'too_large')) AS objected
  FROM call c
  WHERE c.run_number = run.run_number
) message
WHERE run_number = $1
