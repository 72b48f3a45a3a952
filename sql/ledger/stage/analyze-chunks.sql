-- Gives the planner true sizes before rows are looked for in chunks that are not quiet. Takes no parameters.
ANALYZE stage_chunk
