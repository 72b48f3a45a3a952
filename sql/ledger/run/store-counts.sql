-- Keeps the counts of rows, the version of the message builder, and where the watermark went, or would go if the plan is applied.
-- $1: run. $2: counts. $3: watermark, or null. $4: version. Gives nothing.
UPDATE run
SET
  counts = $2,
  watermark_to = CASE WHEN NOT plan_only THEN $3::timestamptz END,
  planned_watermark = CASE WHEN plan_only THEN $3::timestamptz END,
  builder_version = $4
WHERE run_number = $1
