-- The stage of sweeps, which is kept from one to the next in chunks, so that a sweep stages only what the one before has not. The scan comes
-- first: it meets chunks that are staged, brings fresh ones, and what it did not meet goes. Then the chunks about whose rows something is
-- new are opened again, and what was compared is noted for the next sweep.

-- name: use_sweep_stage
-- From here on this session finds the stage of sweeps under the stage's names. Takes no parameters. One row.
SELECT set_config('search_path', 'redox_reconcile_sweep, redox_reconcile, pg_catalog', false);

-- name: next_chunk_batch
-- A number for the chunks of one scan, never given twice: what a scan that broke off has left is never taken for its own by the next.
-- Takes no parameters. One row.
SELECT nextval('redox_reconcile_sweep.chunk_batch') AS batch;

-- name: read_staged_chunks
-- The chunks that a scan can meet. $1: entity. One row per some thousand of them, in the order of their digests, of two with one digest
-- the later one first: chunks, how many there are in all; entries, 24 bytes a chunk, its digest and its key.
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
-- Takes the scanned patient lines of chunks that are not staged. One row per patient row of the EHR.
COPY stage_patient (entity_id, mrn, updated_at, fault, understood, unreadable, fingerprint, asked, chunk_id) FROM STDIN;

-- name: copy_swept_encounter
-- Takes the scanned visit lines of chunks that are not staged. One row per visit row of the EHR.
COPY stage_encounter (entity_id, patient_id, status, updated_at, fault, fingerprint, asked, chunk_id) FROM STDIN;

-- name: find_spoiled_chunks
-- The chunks that no scan can meet, for they are to be staged anew. $1: entity. One row per chunk.
SELECT chunk_id FROM stage_chunk WHERE entity = $1 AND digest IS NULL;

-- name: forget_chunks
-- Forgets chunks that the scan did not meet again. $1: their keys. Gives nothing.
DELETE FROM stage_chunk WHERE chunk_id = ANY ($1::bigint[]);

-- name: drop_patients
-- Takes out the rows of chunks that the scan did not meet again. $1: the chunks' keys. Gives nothing.
DELETE FROM stage_patient WHERE chunk_id = ANY ($1::bigint[]);

-- name: drop_encounters
-- Takes out the rows of chunks that the scan did not meet again. $1: the chunks' keys. Gives nothing.
DELETE FROM stage_encounter WHERE chunk_id = ANY ($1::bigint[]);

-- name: copy_chunk
-- Takes chunks whose rows are staged, all of them. One row per chunk.
COPY stage_chunk (chunk_id, entity, digest, row_count) FROM STDIN;

-- name: count_swept_rows
-- How many rows of an entity are staged. $1: entity. One row.
SELECT CASE $1 WHEN 'patient' THEN (SELECT count(*) FROM stage_patient) ELSE (SELECT count(*) FROM stage_encounter) END AS rows;

-- name: drop_unknown_patients
-- Takes out the rows of no chunk, which a scan that broke off has left. Takes no parameters. Gives nothing.
DELETE FROM stage_patient s WHERE NOT EXISTS (SELECT FROM stage_chunk c WHERE c.chunk_id = s.chunk_id);

-- name: drop_unknown_encounters
-- Takes out the rows of no chunk, which a scan that broke off has left. Takes no parameters. Gives nothing.
DELETE FROM stage_encounter s WHERE NOT EXISTS (SELECT FROM stage_chunk c WHERE c.chunk_id = s.chunk_id);

-- name: forget_chunks_of_entity
-- Forgets all chunks of an entity, so that the next sweep stages each of its rows. $1: entity. Gives nothing.
DELETE FROM stage_chunk WHERE entity = $1;

-- name: vacuum_patients
-- Frees the room of what was taken out, and gives the planner true sizes. Takes no parameters.
VACUUM (ANALYZE) stage_patient;

-- name: vacuum_encounters
-- Frees the room of what was taken out, and gives the planner true sizes. Takes no parameters.
VACUUM (ANALYZE) stage_encounter;

-- name: analyze_patients
-- Gives the planner true sizes. Takes no parameters.
ANALYZE stage_patient;

-- name: analyze_encounters
-- Gives the planner true sizes. Takes no parameters.
ANALYZE stage_encounter;

-- name: analyze_sweep_stage
-- Gives the planner true sizes of what every sweep stages anew. Takes no parameters.
ANALYZE stage_merge, stage_retired, stage_unsent_merge, stage_wanted;

-- name: forget_comparisons
-- Settles no chunk any longer where the messages are built otherwise now, where the ledger was restored from before, or where it is
-- so long since every row was compared that it is done again, for whatever nobody has thought of. The rows of one that is not quiet
-- are looked at by every plan, and so are counted anew with them.
-- $1: version of the message builder. $2: how many days. Gives nothing.
UPDATE stage_chunk
SET unchanged = NULL, not_due = NULL, known = NULL
WHERE unchanged IS NOT NULL
  AND (
    NOT is_clean
    OR NOT EXISTS (
      SELECT FROM compared s
      JOIN run USING (run_id)
      WHERE s.builder_version = $1 AND s.since BETWEEN now() - make_interval(days => $2::integer) AND now()
    )
  );

-- name: count_moved_patients
-- Counts the patients who are retired otherwise than when the chunks were compared. Takes no parameters. One row.
SELECT count(*) AS moved
FROM (SELECT patient_id, survivor_id, true AS is_retired FROM stage_retired) r
FULL JOIN (SELECT patient_id, survivor_id, true AS is_retired FROM compared_retired) s USING (patient_id)
WHERE (r.is_retired, r.survivor_id) IS DISTINCT FROM (s.is_retired, s.survivor_id);

-- name: mark_moved_dirty
-- Touches the patients who are retired otherwise than when the chunks were compared, and the visits of theirs: under whom these are to
-- be told, and are, may be another. Takes no parameters. Gives nothing.
WITH moved AS MATERIALIZED (
  SELECT patient_id
  FROM (SELECT patient_id, survivor_id, true AS is_retired FROM stage_retired) r
  FULL JOIN (SELECT patient_id, survivor_id, true AS is_retired FROM compared_retired) s USING (patient_id)
  WHERE (r.is_retired, r.survivor_id) IS DISTINCT FROM (s.is_retired, s.survivor_id)
)
INSERT INTO dirty_row (entity, entity_id)
SELECT 'patient', patient_id FROM moved
UNION ALL
-- Who cannot be used is taken out: no index takes such a key.
SELECT 'encounter', entity_id
FROM stage_encounter
WHERE patient_id IN (SELECT patient_id FROM moved) AND octet_length(entity_id) <= 2000
UNION ALL
SELECT 'encounter', encounter_id FROM encounter WHERE filed_under IN (SELECT patient_id FROM moved)
ON CONFLICT DO NOTHING;

-- name: count_uncompared
-- How much there is to look at: chunks that are not compared, and rows that were touched. Takes no parameters. One row.
SELECT
  (SELECT count(*) FROM stage_chunk WHERE unchanged IS NULL) AS chunks,
  (SELECT count(*) FROM dirty_row) AS rows;

-- name: reopen_dirty_chunks
-- Unsettles the chunks of rows that were touched. Takes no parameters. Gives nothing.
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
-- What was touched has uncompared its chunks. Takes no parameters. Gives nothing.
DELETE FROM dirty_row;

-- name: forget_retired
-- Who was retired when the chunks were compared is no longer asked. Takes no parameters. Gives nothing.
DELETE FROM compared_retired;

-- name: keep_retired
-- Keeps who is retired now, for the next sweep to compare with. Takes no parameters. Gives nothing.
INSERT INTO compared_retired (patient_id, survivor_id) SELECT patient_id, survivor_id FROM stage_retired;

-- name: note_compared
-- Notes how the chunks are compared from here on; `since` begins anew where none is compared.
-- $1: version of the message builder. $2: id of this run. Gives nothing.
INSERT INTO compared AS s (builder_version, since, run_id)
VALUES ($1, now(), $2)
ON CONFLICT (only_row) DO UPDATE
SET
  builder_version = excluded.builder_version,
  run_id = excluded.run_id,
  since = CASE WHEN EXISTS (SELECT FROM stage_chunk WHERE unchanged IS NOT NULL) THEN s.since ELSE excluded.since END;
