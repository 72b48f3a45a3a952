-- The visits whose row is not the one that Redox was last told, or is to be sent once more, or whose document Redox holds under
-- another person, with the ledger's side of them. Visits that are not finished and were never told are not here.
-- $1: version of the message builder. $2: true for a forced run: every row that was asked for differs.
-- One row per differing visit.
SELECT
  s.entity_id,
  s.patient_id,
  s.status,
  s.updated_at,
  s.fingerprint,
  s.asked,
  coalesce(r.survivor_id, s.patient_id) AS owner_id,
  coalesce(r.fault, f.fault, CASE WHEN o.entity_id IS NULL THEN 'missing_patient' END) AS owner_fault,
  coalesce(k.lane, r.survivor_id, s.patient_id) AS lane,
  coalesce(n.rank, 0) AS rank,
  l.presence,
  l.section_rows,
  l.section_digests,
  l.row_fingerprint IS NOT NULL AS was_certain,
  (l.row_fingerprint = s.fingerprint AND l.builder_version = $1) IS NOT TRUE AS row_differs,
  l.resent_after IS NOT NULL AND NOT ($2 AND s.asked) AS is_sent_again,
  coalesce(filed.survivor_id, l.filed_under) IS DISTINCT FROM coalesce(r.survivor_id, s.patient_id) AS owner_differs,
  -- Asked once: a first load would call the function for every visit in vain.
  CASE
    WHEN EXISTS (SELECT FROM rejection WHERE entity = 'patient')
      OR EXISTS (SELECT FROM ignored WHERE entity = 'patient')
      OR EXISTS (SELECT FROM call WHERE is_open AND entity = 'patient')
    THEN patient_waits(o.entity_id, coalesce(o.mrn, o.entity_id), o.fingerprint, $1)
  END AS patient_waits,
  least(debt.since, x.since) AS open_since,
  debt.state AS open_state,
  coalesce(cardinality(x.dates), 0) AS rejected_dates,
  i.entity_id IS NOT NULL AS is_ignored
-- First, for the planner keeps to the order of so many joins: all but these chunks need nothing.
FROM stage_chunk noisy
JOIN stage_encounter s ON s.chunk_id = noisy.chunk_id
LEFT JOIN encounter l ON l.encounter_id = s.entity_id
LEFT JOIN stage_retired r ON r.patient_id = s.patient_id
LEFT JOIN stage_retired filed ON filed.patient_id = l.filed_under
LEFT JOIN stage_patient o ON o.entity_id = coalesce(r.survivor_id, s.patient_id)
LEFT JOIN stage_fault f ON f.entity = 'patient' AND f.entity_id = coalesce(r.survivor_id, s.patient_id)
LEFT JOIN stage_lane k ON k.patient_id = coalesce(r.survivor_id, s.patient_id)
LEFT JOIN stage_rank n ON n.lane = coalesce(k.lane, r.survivor_id, s.patient_id)
LEFT JOIN rejection x
  ON x.entity = 'encounter' AND x.entity_id = s.entity_id
  AND x.row_fingerprint = s.fingerprint
  AND x.patient_id = o.entity_id AND x.patient_fingerprint = o.fingerprint AND x.builder_version = $1
-- What was left as an orphan has no patient, and is left no more once it has one.
LEFT JOIN ignored i
  ON i.entity = 'encounter' AND i.entity_id = s.entity_id
  AND i.row_fingerprint = s.fingerprint
  AND i.patient_id IS NOT DISTINCT FROM CASE WHEN r.fault IS NULL THEN o.entity_id END
LEFT JOIN LATERAL (
  SELECT min(c.open_since) AS since, (array_agg(c.state ORDER BY c.call_id DESC))[1] AS state
  FROM call c
  WHERE c.is_open AND c.entity = 'encounter' AND c.entity_id = s.entity_id
) debt ON true
WHERE NOT noisy.is_clean
  AND (
    l.row_fingerprint = s.fingerprint
    AND l.builder_version = $1
    AND coalesce(filed.survivor_id, l.filed_under) = coalesce(r.survivor_id, s.patient_id)
    AND l.resent_after IS NULL
    AND NOT ($2 AND s.asked)
  ) IS NOT TRUE
  AND (s.status = 'finished' OR l.encounter_id IS NOT NULL)
