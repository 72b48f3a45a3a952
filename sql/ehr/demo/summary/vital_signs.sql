-- The latest of each vital sign of patients. $1 text[]: ids of patients. One row per vital sign.
SELECT DISTINCT ON (visit.person_id, measurement.loinc_code)
  visit.person_id AS patient_id,
  measurement.measured_at AS observed_at,
  measurement.loinc_code AS code,
  'LOINC' AS code_system,
  test.name,
  measurement.value,
  test.units,
  'completed' AS status,
  CASE
    WHEN measurement.value < test.normal_low THEN 'low'
    WHEN measurement.value > test.normal_high THEN 'high'
    WHEN test.normal_low IS NOT NULL THEN 'normal'
  END AS interpretation
FROM clinic.visit
JOIN clinic.measurement USING (visit_id)
JOIN clinic.test USING (loinc_code)
WHERE visit.person_id = ANY ($1::text[]::bigint[])
  AND test.billing_code IS NULL
ORDER BY visit.person_id, measurement.loinc_code, measurement.measured_at DESC, visit.visit_id DESC
