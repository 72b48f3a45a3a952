-- What the laboratory found, under the panel that was ordered. $1 text[]: ids of visits. One row per value.
SELECT
  measurement.visit_id AS encounter_id,
  visit.billing_code AS panel_code,
  'CPT' AS panel_code_system,
  visit.billing_name AS panel_name,
  'final' AS panel_status,
  facility.name AS producer_name,
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
FROM clinic.measurement
JOIN clinic.test USING (loinc_code)
JOIN clinic.visit USING (visit_id)
JOIN clinic.department USING (department_id)
JOIN clinic.facility USING (facility_code)
WHERE measurement.visit_id = ANY ($1::text[]::bigint[])
  AND test.billing_code IS NOT NULL
