-- When the POSTs of the last window were answered, for the rate limit, which counts from then (decision 17). What is or was
-- `sending` and has no attempt recorded counts as one. $1: start of the window. One row per POST.
SELECT finished_at FROM attempt WHERE finished_at > $1
UNION ALL
SELECT sending_at FROM call WHERE sending_at > $1 AND attempts = 0
UNION ALL
SELECT finished_at FROM organization_attempt WHERE finished_at > $1
UNION ALL
SELECT sending_at
FROM organization o
WHERE sending_at > $1 AND NOT EXISTS (SELECT FROM organization_attempt a WHERE a.run_number = o.last_run)
ORDER BY 1
