-- Opens a run. $1: run id. $2: job. $3: mode. $4: plan only. $5: options. $6: host. $7: process. $8: version. $9: start.
-- $10: true where it starts anew, so that where the watermark stands for a former target means nothing.
-- $11: the site's time zone, or null. $12: how long a POST of it may take, or null. One row: its number.
INSERT INTO run (
  run_id, job, mode, plan_only, options, host, process_id, program_version, started_at, watermark_from, site_time_zone, call_timeout_ms
)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, (SELECT through FROM watermark WHERE NOT $10), $11, $12
RETURNING run_number, watermark_from
