-- Lets a sweep stage every row anew, as after a crash of Postgres. Takes no parameters. Gives nothing.
TRUNCATE redox_reconcile_sweep.stage_patient, redox_reconcile_sweep.stage_encounter, redox_reconcile_sweep.stage_chunk
