-- How much of a run's plan is not started. $1: run. One row.
SELECT count(*) AS planned FROM call WHERE run_number = $1 AND state = 'planned'
