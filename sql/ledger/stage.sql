-- The stage: the rows of this run's scan in tables beside the ledger, so that Postgres joins the two. Emptied at the
-- start of every run; only the sweeps' stage is kept (`sweep.sql`).

-- name: is_stage_empty
-- Whether the tables of `clear_stage` take no space. TRUNCATE gives each table and index a new file, also where there is
-- nothing to empty, as before most sweeps. $1: their names.
-- One row.
SELECT coalesce(sum(pg_relation_size(name::regclass)), 0) = 0 AS is_empty FROM unnest($1::text[]) AS stage (name);

-- name: clear_stage
-- Empties the stage of earlier runs. The sweeps' stage has its own schema.
TRUNCATE redox_reconcile.stage_patient, redox_reconcile.stage_encounter, redox_reconcile.stage_chunk,
  stage_merge, stage_fault, stage_retired, stage_unsent_merge, stage_lane, stage_rank, stage_wanted,
  stage_lost_call, stage_doubtful, stage_summary;

-- name: copy_staged_merge
-- Loads the scanned merge lines.
-- One row per merge row of the EHR.
COPY stage_merge (entity_id, surviving_patient_id, merged_at, fault, asked) FROM STDIN;

-- name: copy_staged_patient
-- Loads the scanned patient lines.
-- One row per patient row of the EHR.
COPY stage_patient (entity_id, mrn, updated_at, fault, understood, unreadable, has_summary, fingerprint, asked) FROM STDIN;

-- name: copy_staged_encounter
-- Loads the scanned visit lines.
-- One row per visit row of the EHR.
COPY stage_encounter (entity_id, patient_id, status, updated_at, fault, fingerprint, asked) FROM STDIN;

-- name: analyze_stage
-- Updates the planner's statistics of the stage before it is joined with the ledger.
ANALYZE stage_patient, stage_encounter, stage_merge, stage_retired, stage_unsent_merge, stage_wanted;

-- name: open_chunks
-- Makes all rows of an entity one chunk, outside sweeps.
INSERT INTO stage_chunk (chunk_id, entity, row_count) VALUES (0, 'patient', 0), (1, 'encounter', 0);

-- name: analyze_chunks
-- Updates the planner's statistics.
ANALYZE stage_chunk;

-- name: count_staged
-- Counts the staged rows for comparison with the scanned ones, because unlogged tables are empty after a crash of
-- Postgres. Rows already taken out as faulty count too.
-- One row.
SELECT
  (SELECT count(*) FROM stage_patient) + coalesce(sum(row_count) FILTER (WHERE entity = 'patient'), 0)::bigint AS patient,
  (SELECT count(*) FROM stage_encounter) + coalesce(sum(row_count) FILTER (WHERE entity = 'encounter'), 0)::bigint AS encounter,
  (SELECT count(*) FROM stage_merge) + coalesce(sum(row_count) FILTER (WHERE entity = 'merge'), 0)::bigint AS merge
FROM stage_fault;
