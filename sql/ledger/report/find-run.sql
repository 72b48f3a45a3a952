-- A run by the name that people use. $1: run id. One row, or none.
SELECT run_number FROM run WHERE run_id = $1
