-- The rows that a run needs beside those of its scan: owed rows, rows moved by a merge, the owners of visits, and rows
-- that a person listed. They are fetched by key, page by page, and staged like the others.

-- name: want_rows
-- Requests rows that a person listed, once each, and notes merges made in a window. $1: entities. $2: their keys.
INSERT INTO stage_wanted (entity, entity_id, asked)
SELECT entity, entity_id, entity <> 'merge'
FROM ROWS FROM (unnest($1::text[]), unnest($2::text[])) AS listed (entity, entity_id)
ON CONFLICT DO NOTHING;

-- name: want_open_rows
-- Requests every row with an open call, because it is planned again from the EHR's newest row (decision 8), every row to be
-- sent once more, and every row that an audit has owed.
INSERT INTO stage_wanted (entity, entity_id, asked)
SELECT DISTINCT CASE entity WHEN 'merge' THEN 'patient' ELSE entity END, entity_id, true
FROM call
WHERE is_open
UNION
SELECT 'patient', patient_id, true FROM patient WHERE resent_after IS NOT NULL
UNION
SELECT 'encounter', encounter_id, true FROM encounter WHERE resent_after IS NOT NULL
UNION
SELECT 'summary', patient_id, true FROM summary WHERE resent_after IS NOT NULL
UNION
SELECT f.entity, f.entity_id, true
FROM audit_finding f
LEFT JOIN patient p ON f.entity = 'patient' AND p.patient_id = f.entity_id AND p.row_fingerprint IS NULL
LEFT JOIN encounter e ON f.entity = 'encounter' AND e.encounter_id = f.entity_id AND e.row_fingerprint IS NULL
LEFT JOIN summary s ON f.entity = 'summary' AND s.patient_id = f.entity_id AND NOT s.is_current
WHERE f.owed_for <> '{}' AND coalesce(p.patient_id, e.encounter_id, s.patient_id) IS NOT NULL
ON CONFLICT DO NOTHING;

-- name: want_orphans
-- Requests the orphan visits of the last sweep and of runs since, if their patient is now staged: the visit itself may be
-- unchanged.
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
-- Requests the visits with a document under another person than the EHR's merges now give (decision 14).
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
-- Requests both ends of each requested merge that differs from what was sent, and each patient with an undone merge.
-- $1: true to request undone merges too.
INSERT INTO stage_wanted (entity, entity_id, asked)
WITH unsent AS (
  SELECT r.patient_id, r.survivor_id
  FROM stage_unsent_merge
  JOIN stage_retired r USING (patient_id)
  JOIN stage_merge m ON m.entity_id = r.patient_id AND m.asked
  JOIN patient p ON p.patient_id = r.patient_id
  WHERE r.survivor_id IS NOT NULL
)
SELECT 'patient', patient_id, false FROM unsent
UNION
SELECT 'patient', survivor_id, false FROM unsent
UNION
SELECT 'patient', p.patient_id, false
FROM patient p
WHERE $1
  AND p.merged_into IS NOT NULL
  AND NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = p.patient_id)
ON CONFLICT DO NOTHING;

-- name: want_owners
-- Requests the owner of each staged visit and requested summary, because neither is sent without. A key too long for an
-- index is left out, because such a patient's row is taken out of the stage.
-- $1: asked: true if the patients themselves were requested (rerun by activity).
INSERT INTO stage_wanted (entity, entity_id, asked)
SELECT DISTINCT 'patient', coalesce(r.survivor_id, s.patient_id), $1::boolean
FROM stage_encounter s
LEFT JOIN stage_retired r ON r.patient_id = s.patient_id
WHERE s.patient_id IS NOT NULL AND octet_length(s.patient_id) <= 2000
UNION
SELECT 'patient', coalesce(r.survivor_id, w.entity_id), false
FROM stage_wanted w
LEFT JOIN stage_retired r ON r.patient_id = w.entity_id
WHERE w.entity = 'summary'
ON CONFLICT DO NOTHING;

-- name: next_wanted
-- The next page of keys to fetch: wanted and not yet staged, in the order of the keys.
-- $1: entity. $2: the last key of the page before, or null. $3: page size.
-- One row per key.
SELECT w.entity_id, w.asked
FROM stage_wanted w
WHERE w.entity = $1
  AND ($2::text IS NULL OR w.entity_id > $2)
  AND NOT EXISTS (SELECT FROM stage_patient s WHERE $1 = 'patient' AND s.entity_id = w.entity_id)
  AND NOT EXISTS (SELECT FROM stage_encounter s WHERE $1 = 'encounter' AND s.entity_id = w.entity_id)
ORDER BY w.entity_id
LIMIT $3;

-- name: find_unknown_rows
-- The listed rows of a `rerun --only` that neither the EHR nor the ledger has. Valid once all rows are staged.
-- $1 bigint: the largest number of rows.
-- One row per listed row; `unknown_rows` is the total.
SELECT w.entity, w.entity_id, count(*) OVER () AS unknown_rows
FROM stage_wanted w
WHERE w.asked
  AND CASE w.entity
    WHEN 'patient' THEN
      NOT EXISTS (SELECT FROM stage_patient s WHERE s.entity_id = w.entity_id)
      AND NOT EXISTS (SELECT FROM stage_merge m WHERE m.entity_id = w.entity_id)
      AND NOT EXISTS (SELECT FROM patient l WHERE l.patient_id = w.entity_id)
    WHEN 'summary' THEN
      NOT EXISTS (SELECT FROM stage_patient s WHERE s.entity_id = w.entity_id)
      AND NOT EXISTS (SELECT FROM summary l WHERE l.patient_id = w.entity_id)
    ELSE
      NOT EXISTS (SELECT FROM stage_encounter s WHERE s.entity_id = w.entity_id)
      AND NOT EXISTS (SELECT FROM encounter l WHERE l.encounter_id = w.entity_id)
  END
ORDER BY w.entity, w.entity_id
LIMIT $1;

-- name: ask_wanted_merges
-- Asks for the staged merges of these patients, or leaves them out. $1: patient for those that a person listed; merge for
-- merges made in the window. $2: true to ask for them.
UPDATE stage_merge m
SET asked = $2
FROM stage_wanted w
WHERE w.entity = $1 AND w.entity_id = m.entity_id;

-- name: ask_open_merges
-- Asks for the staged merges of patients with an open call: if one was merged since, the merge is sent.
UPDATE stage_merge
SET asked = true
WHERE entity_id IN (SELECT entity_id FROM call WHERE is_open AND entity IN ('patient', 'merge'));
