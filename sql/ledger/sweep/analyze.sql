-- Gives the planner true sizes of what every sweep stages anew. Takes no parameters.
ANALYZE stage_merge, stage_retired, stage_unsent_merge, stage_wanted
