-- Gives the planner true sizes. Takes no parameters.
ANALYZE stage_chunk
