-- The stage: what this run's scan saw, beside the ledger, so that Postgres joins the two. Emptied at the start of every run; only a sweep's
-- is kept (`sweep.sql`). These statements fill it, give the planner its size and count it.

-- name: clear_stage
-- Empties the stage: what an earlier run left in it is never read. What sweeps keep is not here.
-- Takes no parameters.
TRUNCATE redox_reconcile.stage_patient, redox_reconcile.stage_encounter, redox_reconcile.stage_chunk,
  stage_merge, stage_fault, stage_retired, stage_unsent_merge, stage_lane, stage_rank, stage_wanted,
  stage_lost_call, stage_doubtful;

-- name: copy_staged_merge
-- Takes the scanned merge lines. One row per merge row of the EHR.
COPY stage_merge (entity_id, surviving_patient_id, merged_at, fault, asked) FROM STDIN;

-- name: copy_staged_patient
-- Takes the scanned patient lines. One row per patient row of the EHR.
COPY stage_patient (entity_id, mrn, updated_at, fault, understood, unreadable, fingerprint, asked) FROM STDIN;

-- name: copy_staged_encounter
-- Takes the scanned visit lines. One row per visit row of the EHR.
COPY stage_encounter (entity_id, patient_id, status, updated_at, fault, fingerprint, asked) FROM STDIN;

-- name: analyze_stage
-- Gives the planner true sizes of the stage before it joins it with the ledger.
-- Takes no parameters.
ANALYZE stage_patient, stage_encounter, stage_merge, stage_retired, stage_unsent_merge, stage_wanted;

-- name: open_chunks
-- Outside of sweeps all rows of an entity are one chunk. Takes no parameters. Gives nothing.
INSERT INTO stage_chunk (chunk_id, entity, row_count) VALUES (0, 'patient', 0), (1, 'encounter', 0);

-- name: analyze_chunks
-- Gives the planner true sizes. Takes no parameters.
ANALYZE stage_chunk;

-- name: count_staged
-- Counts what is staged, to be compared with what was scanned: unlogged tables are empty after a crash of Postgres. Rows that
-- were taken out already, because they cannot be used, count as well.
-- Takes no parameters. One row.
SELECT
  (SELECT count(*) FROM stage_patient) + coalesce(sum(row_count) FILTER (WHERE entity = 'patient'), 0)::bigint AS patient,
  (SELECT count(*) FROM stage_encounter) + coalesce(sum(row_count) FILTER (WHERE entity = 'encounter'), 0)::bigint AS encounter,
  (SELECT count(*) FROM stage_merge) + coalesce(sum(row_count) FILTER (WHERE entity = 'merge'), 0)::bigint AS merge
FROM stage_fault;
