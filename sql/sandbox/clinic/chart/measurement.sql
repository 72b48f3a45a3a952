-- What is measured at a visit of this kind, or was ordered.
-- $1 what the dice are made of, $2 ids of visits, or null for all that took place.
INSERT INTO clinic.measurement (visit_id, loinc_code, measured_at, value)
SELECT
  visit.visit_id,
  test.loinc_code,
  visit.began_at + interval '5 minutes',
  round(
    (test.lowest + (test.highest - test.lowest) * clinic.dice($1::text || ' ' || test.loinc_code || ' ' || visit.visit_id))::numeric,
    test.decimals
  )
FROM clinic.visit
JOIN clinic.department USING (department_id)
JOIN clinic.test
  ON department.visit_kind = ANY (test.visit_kinds)
  AND (test.billing_code IS NULL OR test.billing_code = visit.billing_code)
WHERE visit.state = 'DONE'
  AND ($2::text[] IS NULL OR visit.visit_id = ANY ($2::text[]::bigint[]))
