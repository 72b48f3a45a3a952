-- Gives the planner true sizes of the stage before it joins it with the ledger.
-- Takes no parameters.
ANALYZE stage_patient, stage_encounter, stage_merge, stage_retired, stage_unsent_merge, stage_wanted
