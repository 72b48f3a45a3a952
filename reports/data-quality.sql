-- data-quality.csv: values and lines of the EHR that could not be taken as they stand, and match keys by which others cannot
-- find a patient. The values themselves are not here. Values and lines are what this run met. Match keys say how things stand
-- when the report is written, of every patient whom Redox holds by then, told in this run or years ago: also one whose row is
-- gone from the EHR, for Redox still holds it; not one who was merged, whose record is the survivor's. Where nobody has an MRN,
-- the contract gives none and patient_id is what people ask by: that is no trouble of a patient's, and is not listed.
-- One row per value, line of a file, or match key of a patient. $1: run number.
SELECT r.run_id, q.entity, q.entity_id, q.patient_id, q.kind, q.column_name, q.line
FROM run r
CROSS JOIN LATERAL (
  SELECT entity, entity_id, patient_id, kind, column_name, line, data_quality_id AS position
  FROM data_quality
  WHERE run_number = $1
  UNION ALL
  SELECT
    'patient', p.patient_id, p.patient_id,
    substring(f.fault FROM '[^_]+$') || '_match_key', substring(f.fault FROM '^(.*)_'), NULL, NULL
  FROM patient p
  CROSS JOIN unnest(p.match_faults) AS f (fault)
  WHERE p.presence = 'present'
    AND p.match_faults <> '{}'
    -- A plan lists those of the patients whom it would tell as they would be then.
    AND NOT EXISTS (
      SELECT FROM call c
      WHERE r.plan_only AND c.run_number = $1 AND c.entity = 'patient' AND c.entity_id = p.patient_id
    )
    AND (
      f.fault <> 'mrn_missing'
      OR EXISTS (
        SELECT FROM patient o
        WHERE o.presence = 'present' AND o.match_faults IS NOT NULL AND NOT o.match_faults @> '{mrn_missing}'
      )
    )
) q
WHERE r.run_number = $1
ORDER BY q.entity, q.entity_id, q.line, q.position, q.column_name, q.kind
