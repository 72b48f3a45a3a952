-- A run as its summary tells it. $1: run number. One row.
SELECT
  run_id, job, mode, status, started_at, finished_at, exit_code, watermark_from, watermark_to, counts,
  (SELECT count(*) FROM discrepancy d WHERE d.run_number = $1 AND d.kind = 'silent_change') AS missed
FROM run
WHERE run_number = $1
