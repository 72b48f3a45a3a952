-- Compares the staged rows with the ledger, chunk by chunk; a clean chunk is represented by its counts alone. Then ranks
-- the persons.

-- name: find_uncompared
-- Where a page of uncompared chunks ends. $1: entity. $2: the end of the page before. $3: chunks in a page.
-- One row: the last chunk; null if there is none.
SELECT max(chunk_id) AS last_chunk_id
FROM (
  SELECT chunk_id
  FROM stage_chunk
  WHERE entity = $1 AND unchanged IS NULL AND chunk_id > $2::bigint
  ORDER BY chunk_id
  LIMIT $3
) AS page;

-- name: compare_patients
-- Compares a page of uncompared patient chunks, and counts the rows without a difference. Each count has its own condition
-- and is never a remainder, so that the sum proves something. It only reads, so that Postgres may use several processes.
-- $1: version of the message builder. $2: true for a forced run: every requested row differs. $3: the end of the page before.
-- $4: the end of this page.
-- One row per chunk with rows.
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
WHERE s.chunk_id IN (
  SELECT chunk_id FROM stage_chunk WHERE entity = 'patient' AND unchanged IS NULL AND chunk_id > $3::bigint AND chunk_id <= $4::bigint
)
GROUP BY s.chunk_id;

-- name: compare_encounters
-- Compares a page of uncompared visit chunks, and counts the rows without a difference: sent as they are, or unfinished and
-- never sent.
-- Parameters and rows as of `compare_patients`.
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
WHERE s.chunk_id IN (
  SELECT chunk_id FROM stage_chunk WHERE entity = 'encounter' AND unchanged IS NULL AND chunk_id > $3::bigint AND chunk_id <= $4::bigint
)
GROUP BY s.chunk_id;

-- name: note_counts
-- Stores the counts of compared chunks. $1: their keys. $2 to $5: their rows, and those not due, unchanged and known.
UPDATE stage_chunk c
SET row_count = n.row_count, not_due = n.not_due, unchanged = n.unchanged, known = n.known
FROM ROWS FROM (
  unnest($1::bigint[]), unnest($2::integer[]), unnest($3::integer[]), unnest($4::integer[]), unnest($5::integer[])
) AS n (chunk_id, row_count, not_due, unchanged, known)
WHERE c.chunk_id = n.chunk_id;

-- name: stage_persons
-- Counts each person's due rows, under the patient who owns them: for most persons the only one. Those with a wrong copy at Redox never
-- wait, nor do persons with nothing due. Every due row of the others is new to Redox, or differs by the builder alone. Rows with a history,
-- visits without an owner or no longer finished, and merges without an end count as no call: they stay for weeks, and would leave none to the
-- new rows. An infinite `updated_at` counts as none.
-- $1: version of the message builder. $2: true if persons may wait.
WITH odd AS MATERIALIZED (
  SELECT entity, entity_id FROM rejection
  UNION
  SELECT entity, entity_id FROM ignored
  UNION
  SELECT entity, entity_id FROM call WHERE is_open AND state <> 'planned'
),
staged_row AS (
  SELECT
    coalesce(r.survivor_id, s.entity_id) AS owner_id,
    nullif(s.updated_at, 'infinity') AS active_at,
    l.patient_id IS NOT NULL AS is_known,
    r.patient_id IS NULL AS is_owner,
    CASE
      WHEN r.patient_id IS NOT NULL OR l.presence = 'present' AND NOT s.asked THEN NULL
      WHEN s.entity_id IN (SELECT entity_id FROM odd WHERE entity = 'patient') THEN 'no call'
      WHEN l.patient_id IS NULL THEN 'new patient'
      WHEN (l.row_fingerprint = s.fingerprint AND l.former_mrns = '{}' AND l.resent_after IS NULL) IS NOT TRUE THEN 'correction'
      WHEN l.builder_version <> $1 THEN 'rebuilt patient'
    END AS due
  FROM stage_patient s
  LEFT JOIN patient l ON l.patient_id = s.entity_id
  LEFT JOIN stage_retired r ON r.patient_id = s.entity_id
  UNION ALL
  SELECT
    coalesce(r.survivor_id, s.patient_id), nullif(s.updated_at, 'infinity'), false, false,
    CASE
      WHEN l.encounter_id IS NULL AND s.status <> 'finished' THEN NULL
      WHEN s.entity_id IN (SELECT entity_id FROM odd WHERE entity = 'encounter') THEN 'no call'
      WHEN l.encounter_id IS NULL THEN 'new encounter'
      WHEN (
        l.row_fingerprint = s.fingerprint
        AND coalesce(filed.survivor_id, l.filed_under) = coalesce(r.survivor_id, s.patient_id)
        AND l.resent_after IS NULL
      ) IS NOT TRUE THEN CASE s.status WHEN 'finished' THEN 'changed encounter' ELSE 'no call' END
      WHEN l.builder_version <> $1 AND s.asked AND s.status = 'finished' THEN 'rebuilt encounter'
      WHEN l.builder_version <> $1 THEN 'no call'
    END
  FROM stage_encounter s
  LEFT JOIN encounter l ON l.encounter_id = s.entity_id
  LEFT JOIN stage_retired r ON r.patient_id = s.patient_id
  LEFT JOIN stage_retired filed ON filed.patient_id = l.filed_under
  -- Patients with a longer key are never sent, and no index accepts it.
  WHERE octet_length(s.patient_id) <= 2000
  UNION ALL
  SELECT
    coalesce(r.survivor_id, r.patient_id), NULL, true, false,
    CASE
      WHEN r.fault IS NOT NULL OR r.patient_id IN (SELECT entity_id FROM odd WHERE entity = 'merge') THEN 'no call'
      -- Redox has the patient inside another one, and no row is left to create it from.
      WHEN l.presence = 'merged' AND s.entity_id IS NULL THEN 'no call'
      ELSE 'correction'
    END
  FROM stage_unsent_merge
  JOIN stage_retired r USING (patient_id)
  JOIN patient l USING (patient_id)
  LEFT JOIN stage_patient s ON s.entity_id = r.patient_id
  UNION ALL
  -- Redox has a summary that is out of date.
  SELECT coalesce(r.survivor_id, s.patient_id), NULL, true, false, 'no call'
  FROM summary s
  LEFT JOIN stage_retired r USING (patient_id)
  WHERE s.presence <> 'none'
    AND (s.is_current AND s.content_of = coalesce(r.survivor_id, s.patient_id) AND s.resent_after IS NULL) IS NOT TRUE
  UNION ALL
  SELECT coalesce(r.survivor_id, l.patient_id), NULL, true, false, 'no call'
  FROM odd
  JOIN patient l ON l.patient_id = odd.entity_id
  LEFT JOIN stage_retired r ON r.patient_id = l.patient_id
  WHERE odd.entity = 'summary'
),
owner AS (
  SELECT
    owner_id,
    max(active_at) AS active_at,
    bool_or(is_known) AS is_known,
    bool_or(is_owner) AND owner_id NOT IN (SELECT entity_id FROM odd WHERE entity = 'patient') AS can_be_sent,
    (count(*) FILTER (WHERE due = 'new patient'))::integer AS new_patients,
    (count(*) FILTER (WHERE due = 'rebuilt patient'))::integer AS rebuilt_patients,
    (count(*) FILTER (WHERE due = 'new encounter'))::integer AS new_encounters,
    (count(*) FILTER (WHERE due = 'rebuilt encounter'))::integer AS rebuilt_encounters,
    (count(*) FILTER (WHERE due = 'correction'))::integer AS corrections,
    (count(*) FILTER (WHERE due = 'changed encounter'))::integer AS changed_encounters,
    coalesce(bool_or(due = 'no call'), false) AS has_history
  FROM staged_row
  GROUP BY owner_id
),
counted AS (
  SELECT
    owner_id, active_at, is_known, new_patients, rebuilt_patients, new_encounters, rebuilt_encounters,
    has_history OR corrections + changed_encounters > 0 OR NOT can_be_sent AND new_encounters + rebuilt_encounters > 0 AS is_corrected,
    new_patients + rebuilt_patients + corrections
      + CASE WHEN can_be_sent THEN new_encounters + rebuilt_encounters + changed_encounters ELSE 0 END AS calls
  FROM owner
)
INSERT INTO stage_rank (
  lane, waits, is_corrected, is_known, active_at, calls, new_patients, rebuilt_patients, new_encounters, rebuilt_encounters
)
SELECT
  coalesce(k.lane, c.owner_id), $2::boolean AND NOT c.is_corrected AND c.calls > 0, c.is_corrected, c.is_known, c.active_at, c.calls,
  c.new_patients, c.rebuilt_patients, c.new_encounters, c.rebuilt_encounters
FROM counted c
LEFT JOIN stage_lane k ON k.patient_id = c.owner_id;

-- name: join_persons
-- Makes one person of the patients that merges connect. $1: true if persons may wait.
WITH several AS (
  DELETE FROM stage_rank WHERE lane IN (SELECT lane FROM stage_lane)
  RETURNING *
)
INSERT INTO stage_rank (
  lane, waits, is_corrected, is_known, active_at, calls, new_patients, rebuilt_patients, new_encounters, rebuilt_encounters
)
SELECT
  lane, $1::boolean AND NOT bool_or(is_corrected) AND sum(calls) > 0, bool_or(is_corrected), bool_or(is_known), max(active_at), sum(calls),
  sum(new_patients), sum(rebuilt_patients), sum(new_encounters), sum(rebuilt_encounters)
FROM several
GROUP BY lane;

-- name: rank_persons
-- Ranks the persons who do not wait: those with a wrong copy at Redox come first, then the others that Redox may have; then by the newest
-- `updated_at`, those without one last; ties go by id, so that the order is repeatable.
-- One row: their calls.
WITH turn AS (
  SELECT
    ctid AS place,
    row_number() OVER (ORDER BY is_corrected DESC, is_known DESC, active_at DESC NULLS LAST, lane) AS rank
  FROM stage_rank
  WHERE NOT waits
),
ranked AS (
  UPDATE stage_rank n SET rank = turn.rank FROM turn WHERE n.ctid = turn.place
  RETURNING n.calls
)
SELECT coalesce(sum(calls), 0)::bigint AS calls FROM ranked;

-- name: release_persons
-- Ends the wait of the next persons, whole, and ranks them after the others.
-- $1: calls; the last person may have a few more.
-- One row: the last rank before them, and their rows that are new to Redox.
WITH next AS (
  SELECT
    place,
    row_number() OVER turn AS turn,
    sum(calls) OVER turn - calls AS calls_before
  FROM (
    SELECT ctid AS place, lane, is_known, active_at, calls
    FROM stage_rank
    WHERE waits
    -- The same order as below, by a key that hardly any two persons share: it sorts in half the time.
    ORDER BY CASE WHEN is_known THEN 'infinity' ELSE active_at END DESC NULLS LAST, active_at DESC NULLS LAST, lane
    LIMIT $1
  ) AS first
  WINDOW turn AS (ORDER BY is_known DESC, active_at DESC NULLS LAST, lane)
),
last AS MATERIALIZED (
  SELECT coalesce(max(rank), 0) AS rank FROM stage_rank
),
released AS (
  UPDATE stage_rank n
  SET waits = false, rank = last.rank + next.turn
  FROM next, last
  WHERE n.ctid = next.place AND next.calls_before < $1
  RETURNING n.new_patients, n.new_encounters
)
SELECT
  (SELECT rank FROM last) AS after_rank,
  coalesce(sum(new_patients), 0)::bigint AS patient,
  coalesce(sum(new_encounters), 0)::bigint AS encounter
FROM released;

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

-- name: analyze_ranks
-- Updates the planner's statistics of the ranks.
ANALYZE stage_rank;
