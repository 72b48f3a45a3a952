-- discrepancies.csv: what did not agree between EHR and ledger when the run looked, and what became of it.
-- One row per discrepancy. $1: run number.
WITH sent AS (
  SELECT
    c.entity, c.entity_id, c.position, c.call_id, c.event_type,
    CASE WHEN r.plan_only THEN 'planned' ELSE call_kind(c.state, c.reason) END AS kind
  FROM call c
  JOIN run r USING (run_number)
  WHERE c.run_number = $1
  UNION ALL
  -- A merge may need its retired patient sent again, which is a call for the patient.
  SELECT
    'merge', c.entity_id, c.position, c.call_id, c.event_type,
    CASE WHEN r.plan_only THEN 'planned' ELSE call_kind(c.state, c.reason) END
  FROM call c
  JOIN run r USING (run_number)
  WHERE c.run_number = $1
    AND c.entity = 'patient'
    AND EXISTS (
      SELECT FROM difference m WHERE m.run_number = $1 AND m.entity = 'merge' AND m.entity_id = c.entity_id
    )
),
outcome AS (
  SELECT entity, entity_id, string_agg(event_type || ':' || kind, ' ' ORDER BY position, call_id) AS outcome
  FROM sent
  GROUP BY entity, entity_id
)
SELECT
  r.run_id,
  d.entity,
  d.entity_id,
  d.patient_id,
  d.kind,
  d.detail,
  d.row_updated_at,
  array_to_string(d.changed_groups, ' ') AS changed_groups,
  o.outcome
FROM difference d
JOIN run r ON r.run_number = d.run_number
LEFT JOIN outcome o ON o.entity = d.entity AND o.entity_id = d.entity_id
WHERE d.run_number = $1
ORDER BY d.entity, d.entity_id, d.difference_id
