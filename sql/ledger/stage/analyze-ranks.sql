-- Gives the planner the true size of what was ranked.
-- Takes no parameters.
ANALYZE stage_rank
