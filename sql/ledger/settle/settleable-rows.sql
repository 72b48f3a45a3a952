-- What stands of the listed rows, for a person to say a word on: the last open call that was rejected or whose outcome is unknown;
-- that a merge is held for the sake of its retired patient; that the row was left as it is before; or that it is listed as gone or
-- orphan since the last sweep.
-- $1: entities. $2: ids. One row per listed row, in their order.
WITH listed AS (
  SELECT * FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS i (entity, entity_id, place)
),
recent AS (
  SELECT run_number
  FROM run
  WHERE run_number >= (SELECT coalesce(max(run_number), 0) FROM run WHERE mode = 'sweep' AND counts IS NOT NULL)
)
SELECT
  i.entity,
  i.entity_id,
  CASE
    WHEN c.call_id IS NOT NULL THEN c.state
    WHEN left_alone.entity IS NOT NULL AND (d.run_number > left_alone.said_in) IS NOT TRUE THEN 'ignored'
    WHEN d.kind = 'held' AND i.entity = 'merge' THEN CASE WHEN d.rejected_dates IS NULL THEN 'unknown' ELSE 'rejected' END
    WHEN d.kind IN ('gone', 'orphan') THEN d.kind
  END AS settled_of,
  coalesce(c.event_type, 'PatientMerge') AS event_type,
  coalesce(c.lane, d.patient_id) AS lane,
  coalesce(c.position, 3) AS position,
  coalesce(c.patient_id, d.patient_id) AS patient_id,
  c.row_patient_id,
  c.mrn,
  coalesce(c.mrn, c.planned_mrn, CASE WHEN c.event_type = 'NewPatient' THEN p.mrn END) AS named_mrn,
  CASE WHEN i.entity <> 'merge' THEN coalesce(x.row_fingerprint, c.scanned_fingerprint, d.row_fingerprint) END AS row_fingerprint,
  c.open_since,
  coalesce(p.former_mrns, '{}') AS former_mrns,
  p.patient_id IS NOT NULL OR e.encounter_id IS NOT NULL OR d.kind IS NOT NULL
    OR EXISTS (SELECT FROM call o WHERE o.is_open AND o.entity = i.entity AND o.entity_id = i.entity_id) AS is_known,
  EXISTS (
    SELECT FROM call o WHERE o.is_open AND o.state = 'blocked' AND o.entity = i.entity AND o.entity_id = i.entity_id
  ) AS is_blocked
FROM listed i
LEFT JOIN patient p ON i.entity <> 'encounter' AND p.patient_id = i.entity_id
LEFT JOIN encounter e ON i.entity = 'encounter' AND e.encounter_id = i.entity_id
-- What is listed since it was left is another row, or none any more.
LEFT JOIN LATERAL (
  SELECT
    g.entity,
    (
      SELECT coalesce(max(s.run_number), 0)
      FROM settlement s
      WHERE s.said = 'ignore' AND s.entity = g.entity AND s.entity_id = g.entity_id
    ) AS said_in
  FROM ignored g
  WHERE g.entity = i.entity AND g.entity_id = i.entity_id
) left_alone ON true
LEFT JOIN LATERAL (
  SELECT o.*
  FROM call o
  WHERE o.is_open AND o.entity = i.entity AND o.entity_id = i.entity_id AND o.state IN ('unknown', 'rejected')
  ORDER BY o.call_id DESC
  LIMIT 1
) c ON true
-- The row that was refused is the one that was fetched, which may be newer than the one that was scanned.
LEFT JOIN rejection x ON c.state = 'rejected' AND x.entity = i.entity AND x.entity_id = i.entity_id
LEFT JOIN LATERAL (
  SELECT f.run_number, f.kind, f.patient_id, f.row_fingerprint, f.rejected_dates
  FROM recent
  JOIN discrepancy f ON f.run_number = recent.run_number AND f.entity = i.entity AND f.entity_id = i.entity_id
  WHERE f.kind IN ('held', 'gone', 'orphan')
  ORDER BY f.run_number DESC
  LIMIT 1
) d ON true
ORDER BY i.place
