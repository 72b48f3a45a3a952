-- How many runs ended before $1 and are still needed. One row.
SELECT count(*) AS runs FROM run WHERE finished_at < $1 AND pruned_at IS NULL
