-- Keeps the shape of the contract with a plan that is only stored, for apply. $1: run. $2: its queries. Gives nothing.
UPDATE run SET planned_shape = $2 WHERE run_number = $1
