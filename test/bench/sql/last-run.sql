-- The newest run, as the program knows it. One row.
SELECT
  run_number AS number,
  run_id AS id,
  job,
  mode,
  plan_only AS "planOnly",
  started_at AS "startedAt",
  watermark_from AS watermark
FROM run
ORDER BY run_number DESC
LIMIT 1
