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
-- Ranks the staged persons. Those with a wrong copy at Redox come first, then the others that Redox may have; then by the
-- newest `updated_at` of their rows, those without one last; ties go by id, so that the order is repeatable. An infinite
-- `updated_at` counts as none. The persons beyond the calls that are planned ahead wait, whole, unless one of their rows or summaries is
-- to be corrected or has a history: every due row of a waiting person is new to Redox, or differs by the builder alone. Rows with a
-- history and visits without an owner use none of these calls up: they stay for weeks, and would leave none to the new rows.
-- $1: version of the message builder. $2: calls planned ahead, or null for all.
WITH odd AS MATERIALIZED (
  SELECT entity, entity_id FROM rejection
  UNION
  SELECT entity, entity_id FROM ignored
  UNION
  SELECT entity, entity_id FROM call WHERE is_open AND state <> 'planned'
),
patient_row AS (
  SELECT
    s.entity_id AS patient_id,
    nullif(s.updated_at, 'infinity') AS active_at,
    l.patient_id IS NOT NULL AS is_known,
    CASE
      WHEN c.is_clean OR r.patient_id IS NOT NULL OR l.presence = 'present' AND NOT s.asked THEN NULL
      WHEN odd.entity_id IS NOT NULL THEN 'odd'
      WHEN l.patient_id IS NULL THEN 'new'
      WHEN (l.row_fingerprint = s.fingerprint AND l.former_mrns = '{}' AND l.resent_after IS NULL) IS NOT TRUE THEN 'other'
      WHEN l.builder_version <> $1 THEN 'rebuilt'
    END AS due
  FROM stage_patient s
  JOIN stage_chunk c USING (chunk_id)
  LEFT JOIN patient l ON l.patient_id = s.entity_id
  LEFT JOIN stage_retired r ON r.patient_id = s.entity_id
  LEFT JOIN odd ON odd.entity = 'patient' AND odd.entity_id = s.entity_id
),
encounter_row AS (
  SELECT
    s.patient_id,
    nullif(s.updated_at, 'infinity') AS active_at,
    CASE
      WHEN c.is_clean OR l.encounter_id IS NULL AND s.status <> 'finished' THEN NULL
      WHEN odd.entity_id IS NOT NULL THEN 'odd'
      WHEN l.encounter_id IS NULL THEN 'new'
      WHEN (
        l.row_fingerprint = s.fingerprint
        AND coalesce(filed.survivor_id, l.filed_under) = coalesce(r.survivor_id, s.patient_id)
        AND l.resent_after IS NULL
      ) IS NOT TRUE THEN 'other'
      WHEN l.builder_version <> $1 AND s.asked AND s.status = 'finished' THEN 'rebuilt'
      WHEN l.builder_version <> $1 THEN 'other'
    END AS due
  FROM stage_encounter s
  JOIN stage_chunk c USING (chunk_id)
  LEFT JOIN encounter l ON l.encounter_id = s.entity_id
  LEFT JOIN stage_retired r ON r.patient_id = s.patient_id
  LEFT JOIN stage_retired filed ON filed.patient_id = l.filed_under
  LEFT JOIN odd ON odd.entity = 'encounter' AND odd.entity_id = s.entity_id
  -- Patients with a longer key are never sent, and no index accepts it.
  WHERE octet_length(s.patient_id) <= 2000
),
-- One row per patient before anything more is joined: visits are many.
visited AS (
  SELECT
    patient_id,
    max(active_at) AS active_at,
    -- As integer: the sums of larger ones are numeric, with a state for each person.
    (count(*) FILTER (WHERE due = 'new'))::integer AS new_encounters,
    (count(*) FILTER (WHERE due = 'rebuilt'))::integer AS rebuilt_encounters,
    (count(*) FILTER (WHERE due = 'other'))::integer AS others,
    coalesce(bool_or(due = 'odd'), false) AS is_odd
  FROM encounter_row
  GROUP BY patient_id
),
part AS (
  SELECT
    patient_id, active_at, is_known,
    (due IS NOT DISTINCT FROM 'new')::integer AS new_patients,
    (due IS NOT DISTINCT FROM 'rebuilt')::integer AS rebuilt_patients,
    0 AS new_encounters,
    0 AS rebuilt_encounters,
    coalesce(due IN ('other', 'odd'), false) AS is_corrected,
    (due IS NOT NULL AND due <> 'odd')::integer AS calls
  FROM patient_row
  UNION ALL
  SELECT
    v.patient_id, v.active_at, false, 0, 0, v.new_encounters, v.rebuilt_encounters,
    -- Visits without an owner, or with one on hold, are listed every night.
    v.others > 0 OR v.is_odd OR v.new_encounters + v.rebuilt_encounters > 0 AND (o.entity_id IS NULL OR odd.entity_id IS NOT NULL),
    CASE WHEN o.entity_id IS NULL OR odd.entity_id IS NOT NULL THEN 0 ELSE v.new_encounters + v.rebuilt_encounters + v.others END
  FROM visited v
  LEFT JOIN stage_retired r ON r.patient_id = v.patient_id
  LEFT JOIN stage_patient o ON o.entity_id = coalesce(r.survivor_id, v.patient_id) AND r.fault IS NULL
  LEFT JOIN odd ON odd.entity = 'patient' AND odd.entity_id = o.entity_id
  UNION ALL
  SELECT r.patient_id, NULL, true, 0, 0, 0, 0, true, 1
  FROM stage_unsent_merge
  JOIN stage_retired r USING (patient_id)
  JOIN patient l USING (patient_id)
  UNION ALL
  -- Redox has a summary that is out of date.
  SELECT s.patient_id, NULL, true, 0, 0, 0, 0, true, 0
  FROM summary s
  LEFT JOIN stage_retired r USING (patient_id)
  WHERE s.presence <> 'none'
    AND (s.is_current AND s.content_of = coalesce(r.survivor_id, s.patient_id) AND s.resent_after IS NULL) IS NOT TRUE
  UNION ALL
  SELECT l.patient_id, NULL, true, 0, 0, 0, 0, true, 0
  FROM odd
  JOIN patient l ON l.patient_id = odd.entity_id
  WHERE odd.entity = 'summary'
),
person AS (
  SELECT
    coalesce(k.lane, r.survivor_id, p.patient_id) AS lane,
    bool_or(p.is_known) AS is_known,
    max(p.active_at) AS active_at,
    sum(p.new_patients) AS new_patients,
    sum(p.rebuilt_patients) AS rebuilt_patients,
    sum(p.new_encounters) AS new_encounters,
    sum(p.rebuilt_encounters) AS rebuilt_encounters,
    bool_or(p.is_corrected) AS is_corrected,
    sum(p.calls)::integer AS calls
  FROM part p
  LEFT JOIN stage_retired r ON r.patient_id = p.patient_id
  LEFT JOIN stage_lane k ON k.patient_id = coalesce(r.survivor_id, p.patient_id)
  GROUP BY 1
)
INSERT INTO stage_rank (lane, rank, waits, new_patients, rebuilt_patients, new_encounters, rebuilt_encounters)
SELECT
  lane,
  row_number() OVER turn,
  coalesce(NOT is_corrected AND calls > 0 AND sum(calls) OVER turn - calls >= $2::bigint, false),
  new_patients, rebuilt_patients, new_encounters, rebuilt_encounters
FROM person
WINDOW turn AS (ORDER BY is_corrected DESC, is_known DESC, active_at DESC NULLS LAST, lane);

-- name: count_waiting
-- Counts the rows of the persons whose turn is beyond PLAN_AHEAD.
-- One row.
SELECT
  coalesce(sum(new_patients), 0)::bigint AS new_patients,
  coalesce(sum(rebuilt_patients), 0)::bigint AS rebuilt_patients,
  coalesce(sum(new_encounters), 0)::bigint AS new_encounters,
  coalesce(sum(rebuilt_encounters), 0)::bigint AS rebuilt_encounters
FROM stage_rank
WHERE waits;

-- name: clear_ranks
-- Empties the ranks, to rank the persons again for a plan in one part.
TRUNCATE stage_rank;

-- name: release_persons
-- Ends the wait of the next persons, whole. All their due rows are new to Redox.
-- $1: calls of the next part of the plan.
-- One row: the rank before them, and their rows.
WITH next AS (
  SELECT
    rank,
    sum(new_patients + new_encounters) OVER (ORDER BY rank) - new_patients - new_encounters AS calls_before
  FROM (SELECT rank, new_patients, new_encounters FROM stage_rank WHERE waits ORDER BY rank LIMIT $1) AS first
),
released AS (
  UPDATE stage_rank
  SET waits = false
  WHERE waits AND rank <= (SELECT max(rank) FROM next WHERE calls_before < $1)
  RETURNING rank, new_patients, new_encounters
)
SELECT
  coalesce(min(rank) - 1, 0)::integer AS after_rank,
  coalesce(sum(new_patients), 0)::bigint AS patient,
  coalesce(sum(new_encounters), 0)::bigint AS encounter
FROM released;

-- name: analyze_ranks
-- Updates the planner's statistics of the ranks.
ANALYZE stage_rank;
