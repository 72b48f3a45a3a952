-- A run by the name that people use. $1: run id. One row, or none.
SELECT run_number AS number, run_id AS id, job FROM run WHERE run_id = $1
