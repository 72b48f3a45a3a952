-- The live patients whose row is not the one that Redox was last told, or is to be sent once more, with the ledger's side of them.
-- Retired patients are the merges' business.
-- $1: version of the message builder. $2: true for a forced run: every row that was asked for differs.
-- One row per differing patient.
SELECT
  s.entity_id,
  coalesce(s.mrn, s.entity_id) AS mrn,
  s.updated_at,
  s.fingerprint,
  s.asked,
  coalesce(k.lane, s.entity_id) AS lane,
  coalesce(n.rank, 0) AS rank,
  l.presence,
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
  coalesce(cardinality(x.dates), 0) AS rejected_dates,
  i.entity_id IS NOT NULL AS is_ignored
-- First, for the planner keeps to the order of so many joins: all but these chunks need nothing.
FROM stage_chunk noisy
JOIN stage_patient s ON s.chunk_id = noisy.chunk_id
LEFT JOIN patient l ON l.patient_id = s.entity_id
LEFT JOIN stage_retired r ON r.patient_id = s.entity_id
LEFT JOIN stage_lane k ON k.patient_id = s.entity_id
LEFT JOIN stage_rank n ON n.lane = coalesce(k.lane, s.entity_id)
LEFT JOIN rejection x
  ON x.entity = 'patient' AND x.entity_id = s.entity_id
  AND x.patient_fingerprint = s.fingerprint AND x.builder_version = $1
LEFT JOIN ignored i ON i.entity = 'patient' AND i.entity_id = s.entity_id AND i.row_fingerprint = s.fingerprint
LEFT JOIN LATERAL (
  SELECT min(c.open_since) AS since, (array_agg(c.state ORDER BY c.call_id DESC))[1] AS state
  FROM call c
  WHERE c.is_open AND c.entity = 'patient' AND c.entity_id = s.entity_id
) debt ON true
WHERE NOT noisy.is_clean
  AND r.patient_id IS NULL
  AND (
    l.row_fingerprint = s.fingerprint
    AND l.builder_version = $1
    AND l.former_mrns = '{}'
    AND l.resent_after IS NULL
    AND NOT ($2 AND s.asked)
  ) IS NOT TRUE
