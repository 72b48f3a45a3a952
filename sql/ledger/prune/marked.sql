-- The runs that are being forgotten. Takes no parameters. One row per run.
SELECT run_id FROM run WHERE pruned_at IS NOT NULL ORDER BY run_number
