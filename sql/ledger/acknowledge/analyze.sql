-- Gives the planner the true size of the file before it is joined. Takes no parameters.
ANALYZE stage_acknowledged
