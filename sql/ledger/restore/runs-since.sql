-- The runs after the last certain one. $1: that one's number; null: all. $2: this run. One row per run.
SELECT run_id FROM run WHERE run_number > coalesce($1, 0) AND run_number < $2
