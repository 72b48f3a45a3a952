-- The rows that a run wants beside those that its scan found: what is owed, what a merge moves, whom a visit belongs to, and what a person
-- has listed. They are fetched by their keys, page by page, and staged like the others.

-- name: copy_wanted
-- Takes keys that a person listed. One row per key.
COPY stage_wanted (entity, entity_id, asked) FROM STDIN;

-- name: want_open_rows
-- Wants every row that has an open call: what was not accepted is planned again from the EHR's newest row (decision 8). And every row
-- that is to be sent once more.
-- Takes no parameters. Gives nothing.
INSERT INTO stage_wanted (entity, entity_id, asked)
SELECT DISTINCT CASE entity WHEN 'merge' THEN 'patient' ELSE entity END, entity_id, true
FROM call
WHERE is_open
UNION
SELECT 'patient', patient_id, true FROM patient WHERE resent_after IS NOT NULL
UNION
SELECT 'encounter', encounter_id, true FROM encounter WHERE resent_after IS NOT NULL
ON CONFLICT DO NOTHING;

-- name: want_orphans
-- Wants the visits that the last sweep, or a run since, found to be orphans, and whose patient is among the staged rows: the visit
-- itself need not have changed. Takes no parameters. Gives nothing.
INSERT INTO stage_wanted (entity, entity_id, asked)
SELECT DISTINCT 'encounter', d.entity_id, true
FROM discrepancy d
JOIN stage_patient s ON s.entity_id = d.patient_id
WHERE d.kind = 'orphan'
  AND d.run_number >= (
    SELECT coalesce(max(run_number), 0) FROM run WHERE mode = 'sweep' AND status = 'done' AND NOT plan_only
  )
ON CONFLICT DO NOTHING;

-- name: want_moved_encounters
-- Wants the visits whose document Redox holds under another person than the EHR's merges now say (decision 14).
-- Takes no parameters. Gives nothing.
INSERT INTO stage_wanted (entity, entity_id, asked)
SELECT 'encounter', e.encounter_id, true
FROM encounter e
LEFT JOIN stage_retired filed ON filed.patient_id = e.filed_under
LEFT JOIN stage_retired own ON own.patient_id = e.patient_id
WHERE e.patient_id <> e.filed_under
  AND own.fault IS NULL
  AND coalesce(filed.survivor_id, e.filed_under) <> coalesce(own.survivor_id, e.patient_id)
ON CONFLICT DO NOTHING;

-- name: want_merged_patients
-- Wants both ends of each merge that Redox was not told as the EHR has it, and each patient whose merge the EHR has undone.
-- Only merges that are asked for. $1: true where undone merges are asked for too. Gives nothing.
INSERT INTO stage_wanted (entity, entity_id, asked)
WITH untold AS (
  SELECT r.patient_id, r.survivor_id
  FROM stage_unsent_merge
  JOIN stage_retired r USING (patient_id)
  JOIN stage_merge m ON m.entity_id = r.patient_id AND m.asked
  JOIN patient p ON p.patient_id = r.patient_id
  WHERE r.survivor_id IS NOT NULL
)
SELECT 'patient', patient_id, false FROM untold
UNION
SELECT 'patient', survivor_id, false FROM untold
UNION
SELECT 'patient', p.patient_id, false
FROM patient p
WHERE $1
  AND p.merged_into IS NOT NULL
  AND NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = p.patient_id)
ON CONFLICT DO NOTHING;

-- name: want_owners
-- Wants the patient under whom each staged visit is told, for it cannot be told without. Nobody has a key that is too long for an
-- index: such a patient's row is taken out.
-- $1: asked: true where the patients themselves are asked for too (rerun by activity). Gives nothing.
INSERT INTO stage_wanted (entity, entity_id, asked)
SELECT DISTINCT 'patient', coalesce(r.survivor_id, s.patient_id), $1::boolean
FROM stage_encounter s
LEFT JOIN stage_retired r ON r.patient_id = s.patient_id
WHERE s.patient_id IS NOT NULL AND octet_length(s.patient_id) <= 2000
ON CONFLICT DO NOTHING;

-- name: next_wanted
-- The next keys to fetch: wanted and not staged yet, in the order of the keys.
-- $1: entity. $2: the last key of the page before, or null. $3: how many. One row per key.
SELECT w.entity_id, w.asked
FROM stage_wanted w
WHERE w.entity = $1
  AND ($2::text IS NULL OR w.entity_id > $2)
  AND NOT EXISTS (SELECT FROM stage_patient s WHERE $1 = 'patient' AND s.entity_id = w.entity_id)
  AND NOT EXISTS (SELECT FROM stage_encounter s WHERE $1 = 'encounter' AND s.entity_id = w.entity_id)
ORDER BY w.entity_id
LIMIT $3;

-- name: find_unknown_rows
-- The listed rows of a `rerun --only` that are neither in the EHR nor in the ledger. Asked once all is staged.
-- $1 bigint: so many at most. One row per listed row; `unknown_rows` is how many there are of them in all.
SELECT w.entity, w.entity_id, count(*) OVER () AS unknown_rows
FROM stage_wanted w
WHERE w.asked
  AND CASE w.entity
    WHEN 'patient' THEN
      NOT EXISTS (SELECT FROM stage_patient s WHERE s.entity_id = w.entity_id)
      AND NOT EXISTS (SELECT FROM stage_merge m WHERE m.entity_id = w.entity_id)
      AND NOT EXISTS (SELECT FROM patient l WHERE l.patient_id = w.entity_id)
    ELSE
      NOT EXISTS (SELECT FROM stage_encounter s WHERE s.entity_id = w.entity_id)
      AND NOT EXISTS (SELECT FROM encounter l WHERE l.encounter_id = w.entity_id)
  END
ORDER BY w.entity, w.entity_id
LIMIT $1;

-- name: find_open_merges
-- The patients of open calls, whose merges are asked for with them: one who was merged meanwhile is told so. Takes no parameters.
-- One row per patient.
SELECT DISTINCT entity_id FROM call WHERE is_open AND entity IN ('patient', 'merge');
