-- The number of a run. $1: its id. One row.
SELECT run_number FROM run WHERE run_id = $1
