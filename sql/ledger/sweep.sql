-- The sweeps' stage, kept between sweeps in chunks, so that a sweep stages only what is new. The scan recognises staged
-- chunks, adds fresh ones and deletes the rest. Then chunks with a dirty row are opened again, and the comparison is
-- recorded for the next sweep.

-- name: use_sweep_stage
-- Puts the sweeps' stage under the stage's names for this session.
-- One row.
SELECT set_config('search_path', 'redox_reconcile_sweep, redox_reconcile, pg_catalog', false);

-- name: next_chunk_batch
-- A new number for the chunks of one scan, never used twice: a scan never takes the chunks of an interrupted scan for its
-- own.
-- One row.
SELECT nextval('redox_reconcile_sweep.chunk_batch') AS batch;

-- name: read_staged_chunks
-- The chunks that a scan can recognise. $1: entity.
-- One row per 2,000 chunks, ordered by digest, the later chunk first: `chunks`, the total; `entries`, 24 bytes per chunk,
-- its digest and key.
SELECT max(chunks)::integer AS chunks, string_agg(entry, '' ORDER BY place) AS entries
FROM (
  SELECT
    uuid_send(digest) || int8send(chunk_id) AS entry,
    row_number() OVER (ORDER BY digest, chunk_id DESC) AS place,
    count(*) OVER () AS chunks
  FROM stage_chunk
  WHERE entity = $1 AND digest IS NOT NULL
) AS staged
GROUP BY place / 2000
ORDER BY place / 2000;

-- name: copy_swept_patient
-- Loads the scanned patient lines of fresh chunks.
-- One row per patient row of the EHR.
COPY stage_patient (entity_id, mrn, updated_at, fault, understood, unreadable, has_summary, fingerprint, asked, chunk_id) FROM STDIN;

-- name: copy_swept_encounter
-- Loads the scanned visit lines of fresh chunks.
-- One row per visit row of the EHR.
COPY stage_encounter (entity_id, patient_id, status, updated_at, fault, fingerprint, asked, chunk_id) FROM STDIN;

-- name: find_spoiled_chunks
-- Some of the chunks without a digest, which are staged again. $1: entity. $2: the most of them.
-- One row per chunk.
SELECT chunk_id FROM stage_chunk WHERE entity = $1 AND digest IS NULL LIMIT $2;

-- name: forget_chunks
-- Deletes chunks that the scan did not meet. $1: their keys.
DELETE FROM stage_chunk WHERE chunk_id = ANY ($1::bigint[]);

-- name: drop_patients
-- Deletes the patient rows of chunks that the scan did not meet. $1: the chunks' keys.
DELETE FROM stage_patient WHERE chunk_id = ANY ($1::bigint[]);

-- name: drop_encounters
-- Deletes the visit rows of chunks that the scan did not meet. $1: the chunks' keys.
DELETE FROM stage_encounter WHERE chunk_id = ANY ($1::bigint[]);

-- name: copy_chunk
-- Loads chunks once all their rows are staged.
-- One row per chunk.
COPY stage_chunk (chunk_id, entity, digest, row_count) FROM STDIN;

-- name: count_swept_rows
-- Counts the staged rows of an entity. $1: entity.
-- One row.
SELECT CASE $1 WHEN 'patient' THEN (SELECT count(*) FROM stage_patient) ELSE (SELECT count(*) FROM stage_encounter) END AS rows;

-- name: drop_unknown_patients
-- Deletes patient rows without a chunk, left by an interrupted scan.
DELETE FROM stage_patient s WHERE NOT EXISTS (SELECT FROM stage_chunk c WHERE c.chunk_id = s.chunk_id);

-- name: drop_unknown_encounters
-- Deletes visit rows without a chunk, left by an interrupted scan.
DELETE FROM stage_encounter s WHERE NOT EXISTS (SELECT FROM stage_chunk c WHERE c.chunk_id = s.chunk_id);

-- name: forget_chunks_of_entity
-- Deletes all chunks of an entity, so that the next sweep stages each of its rows. $1: entity.
DELETE FROM stage_chunk WHERE entity = $1;

-- name: vacuum_patients
-- Frees the space of deleted rows, and updates the planner's statistics.
VACUUM (ANALYZE) stage_patient;

-- name: vacuum_encounters
-- Frees the space of deleted rows, and updates the planner's statistics.
VACUUM (ANALYZE) stage_encounter;

-- name: analyze_patients
-- Updates the planner's statistics.
ANALYZE stage_patient;

-- name: analyze_encounters
-- Updates the planner's statistics.
ANALYZE stage_encounter;

-- name: analyze_sweep_stage
-- Updates the planner's statistics of the tables that every sweep fills again.
ANALYZE stage_merge, stage_retired, stage_unsent_merge, stage_wanted;

-- name: forget_comparisons
-- Opens all chunks if the message builder has another version, the ledger was restored, or the comparison is too old; the
-- last is a safety net. Chunks that are not clean keep their counts too: every plan reads their rows, and they are not
-- compared again.
-- $1: version of the message builder. $2: largest age in days.
UPDATE stage_chunk
SET unchanged = NULL, not_due = NULL, known = NULL
WHERE unchanged IS NOT NULL
  AND NOT EXISTS (
    SELECT FROM compared s
    JOIN run USING (run_id)
    WHERE s.builder_version = $1 AND s.since BETWEEN now() - make_interval(days => $2::integer) AND now()
  );

-- name: count_moved_patients
-- Counts the patients with another merge than when the chunks were compared; none where no chunk is compared.
-- One row.
SELECT count(*) AS moved
FROM (SELECT patient_id, survivor_id, true AS is_retired FROM stage_retired) r
FULL JOIN (SELECT patient_id, survivor_id, true AS is_retired FROM compared_retired) s USING (patient_id)
WHERE (r.is_retired, r.survivor_id) IS DISTINCT FROM (s.is_retired, s.survivor_id)
  AND EXISTS (SELECT FROM stage_chunk WHERE unchanged IS NOT NULL);

-- name: mark_moved_dirty
-- Marks the patients with another merge than when the chunks were compared as dirty, and their visits, which may have
-- another owner.
WITH moved AS MATERIALIZED (
  SELECT patient_id
  FROM (SELECT patient_id, survivor_id, true AS is_retired FROM stage_retired) r
  FULL JOIN (SELECT patient_id, survivor_id, true AS is_retired FROM compared_retired) s USING (patient_id)
  WHERE (r.is_retired, r.survivor_id) IS DISTINCT FROM (s.is_retired, s.survivor_id)
)
INSERT INTO dirty_row (entity, entity_id)
SELECT 'patient', patient_id FROM moved
UNION ALL
-- Rows with a longer key are taken out: no index accepts it.
SELECT 'encounter', entity_id
FROM stage_encounter
WHERE patient_id IN (SELECT patient_id FROM moved) AND octet_length(entity_id) <= 2000
UNION ALL
SELECT 'encounter', encounter_id FROM encounter WHERE filed_under IN (SELECT patient_id FROM moved)
ON CONFLICT DO NOTHING;

-- name: count_uncompared
-- Counts the open chunks and the dirty rows.
-- One row.
SELECT
  (SELECT count(*) FROM stage_chunk WHERE unchanged IS NULL) AS chunks,
  (SELECT count(*) FROM dirty_row) AS rows;

-- name: reopen_dirty_chunks
-- Opens the chunks of dirty rows.
UPDATE stage_chunk c
SET unchanged = NULL, not_due = NULL, known = NULL
WHERE unchanged IS NOT NULL
  AND (
    EXISTS (SELECT FROM dirty_row t WHERE t.entity = c.entity AND t.entity_id = '')
    OR chunk_id IN (
      SELECT s.chunk_id FROM stage_patient s JOIN dirty_row t ON t.entity = 'patient' AND t.entity_id = s.entity_id
      UNION
      SELECT s.chunk_id FROM stage_encounter s JOIN dirty_row t ON t.entity = 'encounter' AND t.entity_id = s.entity_id
    )
  );

-- name: clear_dirty
-- Deletes the dirty marks once their chunks are open.
DELETE FROM dirty_row;

-- name: forget_retired
-- Deletes the retired patients of the last comparison.
DELETE FROM compared_retired;

-- name: keep_retired
-- Stores the retired patients, for the next sweep to compare with.
INSERT INTO compared_retired (patient_id, survivor_id) SELECT patient_id, survivor_id FROM stage_retired;

-- name: note_compared
-- Records what the chunks were compared under; `since` starts again if no chunk is compared.
-- $1: version of the message builder. $2: id of this run.
INSERT INTO compared AS s (builder_version, since, run_id)
VALUES ($1, now(), $2)
ON CONFLICT (only_row) DO UPDATE
SET
  builder_version = excluded.builder_version,
  run_id = excluded.run_id,
  since = CASE WHEN EXISTS (SELECT FROM stage_chunk WHERE unchanged IS NOT NULL) THEN s.since ELSE excluded.since END;
