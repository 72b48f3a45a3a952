-- The staged rows are compared with the ledger, chunk by chunk: of a chunk in which nothing is due only the counts are kept. Then each
-- person gets a turn.

-- name: compare_patients
-- Settles the chunks of patients that are not: counts the rows that need nothing, on their own terms and not as what is left over, so
-- that the sum means something.
-- $1: version of the message builder. $2: true for a forced run: every row that was asked for differs. One row per chunk.
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
-- Settles the chunks of visits that are not: counts the rows that need nothing, told as they are, or never told and not finished.
-- $1: version of the message builder. $2: true for a forced run: every row that was asked for differs. One row per chunk.
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
-- Gives each staged person a turn: whom Redox may know first, because what it says of them is wrong and not just missing; then the one
-- of whose rows one was updated last. A person without such a time comes last, and ties go by id, so the order is the same every time.
-- An `updated_at` of infinity says nothing about when.
-- Takes no parameters. Gives nothing.
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
    -- No patient of a longer key is ever told, and no index takes it.
    WHERE octet_length(patient_id) <= 2000
    GROUP BY patient_id
  ) a
  LEFT JOIN stage_retired r ON r.patient_id = a.patient_id
  LEFT JOIN stage_lane k ON k.patient_id = coalesce(r.survivor_id, a.patient_id)
  LEFT JOIN patient l ON l.patient_id = a.patient_id
  GROUP BY 1
) person;

-- name: analyze_ranks
-- Gives the planner the true size of what was ranked.
-- Takes no parameters.
ANALYZE stage_rank;
