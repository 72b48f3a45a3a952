-- Takes over how the plan-only run found its rows, what it counted, and where its plan moves the watermark.
-- $1: this run. $2: the run that planned. One row: the watermark, or null.
UPDATE run a
SET
  applied_run = p.run_number,
  mode = p.mode,
  counts = p.counts,
  builder_version = p.builder_version,
  change_counts = p.change_counts,
  watermark_to = p.planned_watermark
FROM run p
WHERE a.run_number = $1 AND p.run_number = $2
RETURNING a.watermark_to
