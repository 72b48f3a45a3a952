-- data-quality.csv: values and lines of the EHR that could not be used as they are, and match keys by which others cannot find a
-- patient. Values and lines come from this run. Match keys are current when the report is written, for every patient that Redox has,
-- including patients gone from the EHR, but not merged ones. A missing MRN and an unknown sex are
-- listed only if some patient has one.
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
    -- A plan's own patients have the match keys of their planned messages (data_quality).
    AND NOT EXISTS (
      SELECT FROM call c
      WHERE r.plan_only AND c.run_number = $1 AND c.entity = 'patient' AND c.entity_id = p.patient_id
    )
    AND (
      f.fault NOT IN ('mrn_missing', 'sex_unknown')
      OR EXISTS (
        SELECT FROM patient o
        WHERE o.presence = 'present' AND o.match_faults IS NOT NULL AND NOT o.match_faults @> ARRAY[f.fault]
      )
    )
) q
WHERE r.run_number = $1
ORDER BY q.entity, q.entity_id, q.line, q.position, q.column_name, q.kind
