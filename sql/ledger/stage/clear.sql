-- Empties the stage: what an earlier run left in it is never read. What sweeps keep is not here.
-- Takes no parameters.
TRUNCATE redox_reconcile.stage_patient, redox_reconcile.stage_encounter, redox_reconcile.stage_chunk,
  stage_merge, stage_fault, stage_retired, stage_unsent_merge, stage_lane, stage_rank, stage_wanted,
  stage_lost_call, stage_doubtful
