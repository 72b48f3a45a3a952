-- The merges that Redox was not told as the EHR has them, with the ledger's side of the retired patient. A patient whom Redox
-- was never sent needs no merge, so is not here.
-- $1: version of the message builder. One row per differing merge, in the order in which they are told: whom Redox may have inside a
-- record that is merged only now comes after that record, for until then a merge into anybody else would have to be refused.
SELECT
  r.patient_id AS entity_id,
  r.survivor_id,
  r.fault,
  coalesce(m.asked, false) AS asked,
  coalesce(k.lane, r.survivor_id, r.patient_id) AS lane,
  coalesce(n.rank, 0) AS rank,
  l.presence,
  -- Where the record is now and where the patient's own merge led are two things when the chain between them is undone.
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
      -- It may be with somebody who is only now merged as well, and perhaps later than this one.
      OR (l.presence = 'merge_uncertain' AND l.sent_into <> r.survivor_id)
    THEN l.former_mrns || l.mrn
    ELSE '{}'
  END AS doubtful_mrns,
  EXISTS (
    SELECT FROM unnest(l.former_mrns || l.mrn) AS own (mrn) WHERE mrn_is_anothers(own.mrn, l.patient_id, r.survivor_id)
  ) AS mrn_is_anothers,
  patient_waits(v.entity_id, coalesce(v.mrn, v.entity_id), v.fingerprint, $1) AS patient_waits,
  least(debt.since, x.since) AS open_since,
  debt.state AS open_state,
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
LEFT JOIN ignored i ON i.entity = 'merge' AND i.entity_id = r.patient_id AND i.patient_id = r.survivor_id
-- What was refused may be the merge, or the NewPatient that was to bring the retired patient back before it.
LEFT JOIN LATERAL (
  SELECT max(cardinality(y.dates)) AS dates, min(y.since) AS since
  FROM rejection y
  WHERE y.entity IN ('merge', 'patient')
    AND y.entity_id = r.patient_id
    AND y.builder_version = $1
    AND (
      y.entity = 'merge' AND y.patient_id = v.entity_id AND y.patient_fingerprint = v.fingerprint
      AND y.row_fingerprint IS NOT DISTINCT FROM s.fingerprint
      OR y.entity = 'patient' AND y.event_type = 'NewPatient' AND y.patient_fingerprint = s.fingerprint
    )
) x ON true
LEFT JOIN LATERAL (
  SELECT min(c.open_since) AS since, (array_agg(c.state ORDER BY c.call_id DESC))[1] AS state
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
END
