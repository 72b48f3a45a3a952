-- Compares the staged rows with the ledger, chunk by chunk; a clean chunk is represented by its counts alone. Then ranks
-- the persons.

-- name: compare_patients
-- Compares the open patient chunks, and counts the rows without a difference. Each count has its own condition and is
-- never a remainder, so that the sum proves something.
-- $1: version of the message builder. $2: true for a forced run: every requested row differs.
-- One row per chunk.
UPDATE stage_chunk c
SET row_count = counted.row_count, not_due = counted.not_due, unchanged = counted.unchanged, known = counted.known
FROM (
  SELECT
    s.chunk_id,
    count(*) AS row_count,
    count(*) FILTER (WHERE r.patient_id IS NOT NULL) AS not_due,
    count(*) FILTER (
      WHERE r.patient_id IS NULL
        AND l.row_fingerprint = s.fingerprint
        AND l.builder_version = $1
        AND l.former_mrns = '{}'
        AND l.resent_after IS NULL
        AND NOT ($2 AND s.asked)
    ) AS unchanged,
    count(l.patient_id) AS known
  FROM stage_patient s
  LEFT JOIN patient l ON l.patient_id = s.entity_id
  LEFT JOIN stage_retired r ON r.patient_id = s.entity_id
  WHERE s.chunk_id IN (SELECT chunk_id FROM stage_chunk WHERE unchanged IS NULL)
  GROUP BY s.chunk_id
) counted
WHERE c.chunk_id = counted.chunk_id;

-- name: compare_encounters
-- Compares the open visit chunks, and counts the rows without a difference: sent as they are, or unfinished and never
-- sent.
-- $1: version of the message builder. $2: true for a forced run: every requested row differs.
-- One row per chunk.
UPDATE stage_chunk c
SET row_count = counted.row_count, not_due = counted.not_due, unchanged = counted.unchanged, known = counted.known
FROM (
  SELECT
    s.chunk_id,
    count(*) AS row_count,
    count(*) FILTER (WHERE l.encounter_id IS NULL AND s.status <> 'finished') AS not_due,
    count(*) FILTER (
      WHERE l.row_fingerprint = s.fingerprint
        AND l.builder_version = $1
        AND coalesce(filed.survivor_id, l.filed_under) = coalesce(r.survivor_id, s.patient_id)
        AND l.resent_after IS NULL
        AND NOT ($2 AND s.asked)
    ) AS unchanged,
    count(l.encounter_id) AS known
  FROM stage_encounter s
  LEFT JOIN encounter l ON l.encounter_id = s.entity_id
  LEFT JOIN stage_retired r ON r.patient_id = s.patient_id
  LEFT JOIN stage_retired filed ON filed.patient_id = l.filed_under
  WHERE s.chunk_id IN (SELECT chunk_id FROM stage_chunk WHERE unchanged IS NULL)
  GROUP BY s.chunk_id
) counted
WHERE c.chunk_id = counted.chunk_id;

-- name: rank_persons
-- Ranks the staged persons. Those that Redox may have come first, because its copy of them is wrong and not only missing;
-- then by the newest `updated_at` of their rows, those without one last; ties go by id, so that the order is repeatable.
-- An infinite `updated_at` counts as none.
INSERT INTO stage_rank (lane, rank)
SELECT lane, row_number() OVER (ORDER BY is_known DESC, active_at DESC NULLS LAST, lane)
FROM (
  SELECT
    coalesce(k.lane, r.survivor_id, a.patient_id) AS lane,
    bool_or(l.patient_id IS NOT NULL) AS is_known,
    max(a.active_at) AS active_at
  FROM (
    SELECT entity_id AS patient_id, nullif(updated_at, 'infinity') AS active_at FROM stage_patient
    UNION ALL
    -- One row per patient before anything is joined: visits are many.
    SELECT patient_id, max(nullif(updated_at, 'infinity')) FROM stage_encounter
    -- Patients with a longer key are never sent, and no index accepts it.
    WHERE octet_length(patient_id) <= 2000
    GROUP BY patient_id
  ) a
  LEFT JOIN stage_retired r ON r.patient_id = a.patient_id
  LEFT JOIN stage_lane k ON k.patient_id = coalesce(r.survivor_id, a.patient_id)
  LEFT JOIN patient l ON l.patient_id = a.patient_id
  GROUP BY 1
) person;

-- name: analyze_ranks
-- Updates the planner's statistics of the ranks.
ANALYZE stage_rank;
