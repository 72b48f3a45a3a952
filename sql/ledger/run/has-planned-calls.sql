-- Is anything of a run's plan not started? $1: run. One row.
SELECT EXISTS (SELECT FROM call WHERE run_number = $1 AND state = 'planned') AS has_planned
