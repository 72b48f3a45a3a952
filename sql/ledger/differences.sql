-- Where stage and ledger differ, which is the content of a plan: the counts of rows without a difference; the patients,
-- merges and visits that differ, with the ledger's side of them; unusable rows, undone merges and gone rows.

-- name: count_clean_rows
-- Counts the patient and visit rows without a difference, once the stage is compared. `known`: staged rows that the
-- ledger has.
-- One row per entity.
SELECT
  entity.name AS entity,
  coalesce(sum(c.not_due), 0)::bigint AS not_due,
  coalesce(sum(c.unchanged), 0)::bigint AS unchanged,
  coalesce(sum(c.known), 0)::bigint AS known
FROM (VALUES ('patient'), ('encounter')) AS entity (name)
LEFT JOIN stage_chunk c ON c.entity = entity.name
GROUP BY entity.name;

-- name: count_clean_merges
-- Counts the merges that need no call: already sent, or of a patient who was never sent.
-- One row.
WITH unsent AS MATERIALIZED (
  SELECT r.patient_id FROM stage_unsent_merge JOIN stage_retired r USING (patient_id) WHERE r.fault IS NULL
)
SELECT
  (SELECT count(*) FROM unsent WHERE NOT EXISTS (SELECT FROM patient l WHERE l.patient_id = unsent.patient_id)) AS not_due,
  (SELECT count(*) FROM stage_retired WHERE fault IS NULL) - (SELECT count(*) FROM unsent) AS unchanged;

-- name: count_synced_rows
-- Counts the ledger's patients and visits.
-- One row.
SELECT (SELECT count(*) FROM patient) AS patient, (SELECT count(*) FROM encounter) AS encounter;

-- name: find_changed_patients
-- The live patients with a row that differs from the last one sent, or is to be sent again, with the ledger's side of
-- them. Retired patients are left to the merges, and waiting persons to
-- later plans.
-- $1: version of the message builder. $2: true for a forced run: every requested row differs. $3: true if the rows of
-- `plan_new_patients` are planned.
-- One row per differing patient.
WITH odd AS MATERIALIZED (
  SELECT entity_id FROM rejection WHERE entity = 'patient'
  UNION
  SELECT entity_id FROM ignored WHERE entity = 'patient'
  UNION
  SELECT entity_id FROM call WHERE is_open AND state <> 'planned' AND entity = 'patient'
)
SELECT
  s.entity_id,
  coalesce(s.mrn, s.entity_id) AS mrn,
  s.updated_at,
  s.fingerprint,
  s.asked,
  coalesce(k.lane, s.entity_id) AS lane,
  coalesce(n.rank, 0) AS rank,
  l.presence,
  l.section_rows,
  l.section_digests,
  l.row_fingerprint IS NOT NULL AS was_certain,
  l.mrn IS DISTINCT FROM coalesce(s.mrn, s.entity_id) AS mrn_differs,
  coalesce(l.former_mrns <> '{}', false) AS has_former_mrns,
  ARRAY(
    SELECT d.mrn
    FROM unnest(CASE WHEN l.presence <> 'present' THEN l.former_mrns || l.mrn WHEN l.row_fingerprint IS NULL THEN l.former_mrns END) AS d (mrn)
    WHERE d.mrn <> coalesce(s.mrn, s.entity_id)
      AND NOT mrn_is_anothers(d.mrn, l.patient_id, NULL)
  ) AS doubtful_mrns,
  (l.row_fingerprint = s.fingerprint AND l.builder_version = $1) IS NOT TRUE AS row_differs,
  l.resent_after IS NOT NULL AND NOT ($2 AND s.asked) AS is_sent_again,
  least(debt.since, x.since) AS open_since,
  debt.state AS open_state,
  debt.log_status AS open_log_status,
  coalesce(cardinality(x.dates), 0) AS rejected_dates,
  i.entity_id IS NOT NULL AS is_ignored
-- Come first, because the planner keeps the order of this many joins: all other chunks are clean, and waiting persons are left out.
FROM stage_chunk chunk
JOIN stage_patient s ON s.chunk_id = chunk.chunk_id
LEFT JOIN stage_lane k ON k.patient_id = s.entity_id
LEFT JOIN stage_rank n ON n.lane = coalesce(k.lane, s.entity_id)
LEFT JOIN patient l ON l.patient_id = s.entity_id
LEFT JOIN odd ON odd.entity_id = s.entity_id
LEFT JOIN stage_retired r ON r.patient_id = s.entity_id
LEFT JOIN rejection x
  ON x.entity = 'patient' AND x.entity_id = s.entity_id
  AND x.patient_fingerprint = s.fingerprint AND x.builder_version = $1
LEFT JOIN ignored i ON i.entity = 'patient' AND i.entity_id = s.entity_id AND i.row_fingerprint = s.fingerprint
LEFT JOIN LATERAL (
  SELECT min(c.open_since) AS since, (array_agg(c.state ORDER BY c.call_id DESC))[1] AS state,
    (array_agg(c.log_status ORDER BY c.call_id DESC))[1] AS log_status
  FROM call c
  WHERE c.is_open AND c.entity = 'patient' AND c.entity_id = s.entity_id
) debt ON true
WHERE NOT chunk.is_clean
  AND r.patient_id IS NULL
  AND NOT ($3 AND l.patient_id IS NULL AND odd.entity_id IS NULL)
  -- A waiting person's rows are counted where they are ranked.
  AND (n.waits AND (l.presence IS NULL OR s.asked)) IS NOT TRUE
  AND (
    l.row_fingerprint = s.fingerprint
    AND l.builder_version = $1
    AND l.former_mrns = '{}'
    AND l.resent_after IS NULL
    AND NOT ($2 AND s.asked)
  ) IS NOT TRUE;

-- name: find_changed_merges
-- The merges that differ from what was sent, with the ledger's side of the retired patient. A patient who was never sent
-- needs no merge.
-- $1: version of the message builder. $2: on this many dates a row is rejected before it is held.
-- One row per differing merge, in sending order: a patient whose record may be inside another record comes after that
-- record's own merge; until then, merging the patient into anyone else would have to be rejected.
WITH own AS MATERIALIZED (
  SELECT l.patient_id, given.mrn
  FROM stage_unsent_merge
  JOIN patient l USING (patient_id)
  CROSS JOIN LATERAL unnest(l.former_mrns || l.mrn) AS given (mrn)
),
-- Few: the functions below cost too much to be called for every merge.
shared AS MATERIALIZED (
  SELECT own.patient_id FROM own JOIN patient other ON other.mrn = own.mrn AND other.patient_id <> own.patient_id
  UNION
  SELECT own.patient_id
  FROM own
  JOIN stage_patient other ON coalesce(other.mrn, other.entity_id) = own.mrn AND other.entity_id <> own.patient_id
)
SELECT
  r.patient_id AS entity_id,
  r.survivor_id,
  r.fault,
  coalesce(m.asked, false) AS asked,
  coalesce(k.lane, r.survivor_id, r.patient_id) AS lane,
  coalesce(n.rank, 0) AS rank,
  l.presence,
  -- The record may be elsewhere than the patient's own merge led, if the chain between them was undone.
  CASE
    WHEN coalesce(t.survivor_id, l.merged_into) <> r.survivor_id THEN coalesce(t.survivor_id, l.merged_into)
    ELSE coalesce(o.survivor_id, l.sent_into)
  END AS sent_survivor_id,
  s.entity_id IS NOT NULL AS retired_is_live,
  s.fingerprint AS retired_fingerprint,
  CASE
    WHEN l.presence = 'present' AND l.row_fingerprint IS NOT NULL THEN '{}'
    WHEN l.presence = 'present' THEN l.former_mrns
    WHEN l.presence = 'uncertain'
      OR l.former_mrns <> '{}'
      OR coalesce(t.survivor_id, l.merged_into) <> r.survivor_id
      OR coalesce(o.survivor_id, l.sent_into) <> r.survivor_id
      -- The record may be inside a patient who is merged in this run too, perhaps after this one.
      OR (l.presence = 'merge_uncertain' AND l.sent_into <> r.survivor_id)
    THEN l.former_mrns || l.mrn
    ELSE '{}'
  END AS doubtful_mrns,
  CASE
    WHEN h.patient_id IS NULL THEN false
    ELSE EXISTS (
      SELECT FROM unnest(l.former_mrns || l.mrn) AS given (mrn) WHERE mrn_is_anothers(given.mrn, l.patient_id, r.survivor_id)
    )
  END AS mrn_is_anothers,
  CASE
    WHEN w.presence = 'present' AND w.mrn = coalesce(v.mrn, v.entity_id) THEN NULL
    ELSE patient_waits(v.entity_id, coalesce(v.mrn, v.entity_id), v.fingerprint, $1, $2)
  END AS patient_waits,
  least(debt.since, x.since) AS open_since,
  debt.state AS open_state,
  debt.log_status AS open_log_status,
  coalesce(x.dates, 0) AS rejected_dates,
  i.entity_id IS NOT NULL AS is_ignored
FROM stage_unsent_merge
JOIN stage_retired r USING (patient_id)
LEFT JOIN stage_merge m ON m.entity_id = r.patient_id
LEFT JOIN patient l ON l.patient_id = r.patient_id
LEFT JOIN stage_retired t ON t.patient_id = l.merged_into
LEFT JOIN stage_retired o ON o.patient_id = l.sent_into
LEFT JOIN stage_lane k ON k.patient_id = coalesce(r.survivor_id, r.patient_id)
LEFT JOIN stage_rank n ON n.lane = coalesce(k.lane, r.survivor_id, r.patient_id)
LEFT JOIN stage_patient s ON s.entity_id = r.patient_id
LEFT JOIN stage_patient v ON v.entity_id = r.survivor_id
LEFT JOIN patient w ON w.patient_id = v.entity_id
LEFT JOIN shared h ON h.patient_id = r.patient_id
LEFT JOIN ignored i ON i.entity = 'merge' AND i.entity_id = r.patient_id AND i.patient_id = r.survivor_id
-- Redox may have rejected the merge, or the NewPatient that was to restore the retired patient before it.
LEFT JOIN LATERAL (
  SELECT max(cardinality(y.dates)) AS dates, min(y.since) AS since
  FROM rejection y
  WHERE y.entity IN ('merge', 'patient')
    AND y.entity_id = r.patient_id
    AND y.builder_version = $1
    AND (
      y.entity = 'merge' AND y.patient_id = v.entity_id AND y.patient_fingerprint = v.fingerprint
      AND (y.row_fingerprint IS NOT DISTINCT FROM s.fingerprint OR y.undelivered)
      OR y.entity = 'patient' AND y.event_type = 'NewPatient' AND y.patient_fingerprint = s.fingerprint
    )
) x ON true
LEFT JOIN LATERAL (
  SELECT min(c.open_since) AS since, (array_agg(c.state ORDER BY c.call_id DESC))[1] AS state,
    (array_agg(c.log_status ORDER BY c.call_id DESC))[1] AS log_status
  FROM call c
  WHERE c.is_open AND c.entity = 'merge' AND c.entity_id = r.patient_id
) debt ON true
WHERE r.fault IN ('merge_cycle', 'merge_without_survivor', 'survivor_unread') OR r.fault IS NULL AND l.patient_id IS NOT NULL
ORDER BY CASE
  WHEN l.presence = 'merge_uncertain' THEN (
    WITH RECURSIVE inside AS (
      SELECT l.merged_into AS patient_id
      UNION
      SELECT p.merged_into FROM inside JOIN patient p USING (patient_id) WHERE p.merged_into IS NOT NULL
    )
    SELECT count(*) FROM inside
  )
  ELSE 0
END;

-- name: find_changed_encounters
-- The visits with a row that differs from the last one sent, is to be sent again, or has its document under another
-- person at Redox, with the ledger's side of them. Unfinished visits count only if they were sent before.
-- $1: version of the message builder. $2: true for a forced run: every requested row differs. $3: on this many dates a
-- row is rejected before it is held. $4: true if the rows of `plan_new_encounters` are planned.
-- One row per differing visit.
WITH odd AS MATERIALIZED (
  SELECT entity, entity_id FROM rejection
  UNION
  SELECT entity, entity_id FROM ignored
  UNION
  SELECT entity, entity_id FROM call WHERE is_open AND state <> 'planned'
)
SELECT
  s.entity_id,
  s.patient_id,
  s.status,
  s.updated_at,
  s.fingerprint,
  s.asked,
  coalesce(r.survivor_id, s.patient_id) AS owner_id,
  -- A staged owner has no fault. Of an id that is too long, a fault has the beginning, and that may be the owner's id.
  coalesce(r.fault, CASE WHEN o.entity_id IS NULL THEN coalesce(f.fault, 'missing_patient') END) AS owner_fault,
  coalesce(k.lane, r.survivor_id, s.patient_id) AS lane,
  coalesce(n.rank, 0) AS rank,
  l.presence,
  l.section_rows,
  l.section_digests,
  l.row_fingerprint IS NOT NULL AS was_certain,
  (l.row_fingerprint = s.fingerprint AND l.builder_version = $1) IS NOT TRUE AS row_differs,
  l.resent_after IS NOT NULL AND NOT ($2 AND s.asked) AS is_sent_again,
  coalesce(filed.survivor_id, l.filed_under) IS DISTINCT FROM coalesce(r.survivor_id, s.patient_id) AS owner_differs,
  -- Evaluated once: a first load would call the function for every visit needlessly.
  CASE
    WHEN EXISTS (SELECT FROM rejection WHERE entity = 'patient')
      OR EXISTS (SELECT FROM ignored WHERE entity = 'patient')
      OR EXISTS (SELECT FROM call WHERE is_open AND entity = 'patient')
    THEN patient_waits(o.entity_id, coalesce(o.mrn, o.entity_id), o.fingerprint, $1, $3)
  END AS patient_waits,
  least(debt.since, x.since) AS open_since,
  debt.state AS open_state,
  debt.log_status AS open_log_status,
  coalesce(cardinality(x.dates), 0) AS rejected_dates,
  i.entity_id IS NOT NULL AS is_ignored
-- Come first, because the planner keeps the order of this many joins: all other chunks are clean, and waiting persons are left out.
FROM stage_chunk chunk
JOIN stage_encounter s ON s.chunk_id = chunk.chunk_id
LEFT JOIN stage_retired r ON r.patient_id = s.patient_id
LEFT JOIN stage_lane k ON k.patient_id = coalesce(r.survivor_id, s.patient_id)
LEFT JOIN stage_rank n ON n.lane = coalesce(k.lane, r.survivor_id, s.patient_id)
LEFT JOIN encounter l ON l.encounter_id = s.entity_id
LEFT JOIN stage_retired filed ON filed.patient_id = l.filed_under
LEFT JOIN stage_patient o ON o.entity_id = coalesce(r.survivor_id, s.patient_id)
LEFT JOIN stage_fault f ON f.entity = 'patient' AND f.entity_id = coalesce(r.survivor_id, s.patient_id)
LEFT JOIN odd ON odd.entity = 'encounter' AND odd.entity_id = s.entity_id
LEFT JOIN odd owner ON owner.entity = 'patient' AND owner.entity_id = o.entity_id
LEFT JOIN rejection x
  ON x.entity = 'encounter' AND x.entity_id = s.entity_id
  AND x.row_fingerprint = s.fingerprint
  AND x.patient_id = o.entity_id AND x.patient_fingerprint = o.fingerprint AND x.builder_version = $1
-- An ignored orphan has no patient; it is no longer ignored once it has one.
LEFT JOIN ignored i
  ON i.entity = 'encounter' AND i.entity_id = s.entity_id
  AND i.row_fingerprint = s.fingerprint
  AND i.patient_id IS NOT DISTINCT FROM CASE WHEN r.fault IS NULL THEN o.entity_id END
LEFT JOIN LATERAL (
  SELECT min(c.open_since) AS since, (array_agg(c.state ORDER BY c.call_id DESC))[1] AS state,
    (array_agg(c.log_status ORDER BY c.call_id DESC))[1] AS log_status
  FROM call c
  WHERE c.is_open AND c.entity = 'encounter' AND c.entity_id = s.entity_id
) debt ON true
WHERE NOT chunk.is_clean
  AND n.waits IS NOT TRUE
  AND NOT (
    $4
    AND s.status = 'finished'
    AND l.encounter_id IS NULL
    AND r.fault IS NULL
    AND o.entity_id IS NOT NULL
    AND odd.entity_id IS NULL
    AND owner.entity_id IS NULL
  )
  AND (
    l.row_fingerprint = s.fingerprint
    AND l.builder_version = $1
    AND coalesce(filed.survivor_id, l.filed_under) = coalesce(r.survivor_id, s.patient_id)
    AND l.resent_after IS NULL
    AND NOT ($2 AND s.asked)
  ) IS NOT TRUE
  AND (s.status = 'finished' OR l.encounter_id IS NOT NULL);

-- name: read_row_faults
-- The keys with rows that were taken out of the stage.
-- One row per key.
SELECT entity, entity_id, fault, row_count FROM stage_fault ORDER BY entity, entity_id;

-- name: find_undone_merges
-- The patients with a merge that was sent and that the EHR no longer has. If the patient has a live row, the patient's
-- own difference sends it again.
-- One row per undone merge.
SELECT l.patient_id AS entity_id, l.merged_into, s.entity_id IS NOT NULL AS is_live
FROM patient l
LEFT JOIN stage_patient s ON s.entity_id = l.patient_id
WHERE l.merged_into IS NOT NULL
  AND NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = l.patient_id);

-- name: find_gone_rows
-- The rows that Redox has and the EHR no longer has; only valid after a full sweep (decision 11). Merged patients and
-- ignored rows are left out.
-- One row per vanished patient or visit.
SELECT 'patient' AS entity, l.patient_id AS entity_id, l.patient_id
FROM patient l
WHERE l.presence IN ('uncertain', 'present')
  AND NOT EXISTS (SELECT FROM stage_patient s WHERE s.entity_id = l.patient_id)
  AND NOT EXISTS (SELECT FROM stage_fault f WHERE f.entity = 'patient' AND f.entity_id = l.patient_id)
  AND NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = l.patient_id)
  AND NOT EXISTS (SELECT FROM ignored i WHERE i.entity = 'patient' AND i.entity_id = l.patient_id AND i.is_gone)
UNION ALL
SELECT 'encounter', l.encounter_id, l.filed_under
FROM encounter l
WHERE NOT EXISTS (SELECT FROM stage_encounter s WHERE s.entity_id = l.encounter_id)
  AND NOT EXISTS (SELECT FROM stage_fault f WHERE f.entity = 'encounter' AND f.entity_id = l.encounter_id)
  AND NOT EXISTS (SELECT FROM ignored i WHERE i.entity = 'encounter' AND i.entity_id = l.encounter_id AND i.is_gone);
