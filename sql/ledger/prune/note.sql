-- Notes what was forgotten. $1: runs that ended before this. $2: when. Gives nothing.
INSERT INTO pruning (ended_before, pruned_at)
VALUES ($1, $2)
ON CONFLICT (only_row) DO UPDATE
SET ended_before = greatest(pruning.ended_before, excluded.ended_before), pruned_at = excluded.pruned_at
