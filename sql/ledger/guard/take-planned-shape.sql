-- Takes the shape of the contract with which a plan-only run planned. $1: that run. Gives nothing.
INSERT INTO contract_shape (queries)
SELECT planned_shape FROM run WHERE run_number = $1 AND planned_shape IS NOT NULL
ON CONFLICT (only_row) DO UPDATE
SET queries = excluded.queries, taken_at = now()
WHERE contract_shape.queries <> excluded.queries
