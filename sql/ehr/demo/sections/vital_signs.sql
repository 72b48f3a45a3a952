-- What was measured of a patient at the visit. $1 text[]: ids of visits. One row per vital sign.
SELECT
  measurement.visit_id AS encounter_id,
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
FROM clinic.measurement
JOIN clinic.test USING (loinc_code)
WHERE measurement.visit_id = ANY ($1::text[]::bigint[])
  AND test.billing_code IS NULL
