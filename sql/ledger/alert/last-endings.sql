-- How each job ended last. Takes no parameters. One row per job; what only planned is left out.
SELECT DISTINCT ON (j.job) j.job, j.exit_code, j.due_at, j.started_at, j.recorded_at, r.run_number
FROM health_record j
LEFT JOIN run r ON r.run_id = j.run_id
WHERE NOT j.plan_only
ORDER BY j.job, j.health_record_id DESC
