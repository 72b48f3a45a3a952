-- Empties the stage: what an earlier run left in it is never read.
-- Takes no parameters.
TRUNCATE stage_patient, stage_encounter, stage_merge, stage_fault, stage_retired, stage_lane, stage_rank, stage_wanted
