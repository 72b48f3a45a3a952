-- The latest value of each laboratory test of patients, under the panel that was ordered. $1 text[]: ids of patients. One row per test.
SELECT DISTINCT ON (visit.person_id, measurement.loinc_code)
  visit.person_id AS patient_id,
  visit.billing_code AS panel_code,
  'CPT' AS panel_code_system,
  visit.billing_name AS panel_name,
  'final' AS panel_status,
  measurement.loinc_code AS code,
  'LOINC' AS code_system,
  test.name,
  measurement.measured_at AS observed_at,
  'final' AS status,
  measurement.value,
  test.units,
  CASE
    WHEN measurement.value < test.normal_low THEN 'low'
    WHEN measurement.value > test.normal_high THEN 'high'
    ELSE 'normal'
  END AS interpretation,
  test.normal_low AS reference_low,
  test.normal_high AS reference_high
FROM clinic.visit
JOIN clinic.measurement USING (visit_id)
JOIN clinic.test USING (loinc_code)
WHERE visit.person_id = ANY ($1::text[]::bigint[])
  AND test.billing_code IS NOT NULL
ORDER BY visit.person_id, measurement.loinc_code, measurement.measured_at DESC, visit.visit_id DESC
