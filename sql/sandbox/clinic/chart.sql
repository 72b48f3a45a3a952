-- What is charted at visits that took place: one statement a chart, made where the visits are.

-- name: chart_allergies
-- Everybody is asked for allergies; one in five has one, and names it at every visit.
-- $1 what the dice are made of, $2 ids of visits, or null for all that took place.
INSERT INTO clinic.allergy (visit_id, allergen_id)
SELECT visit.visit_id, floor(clinic.dice($1::text || ' allergen ' || visit.person_id) * (SELECT count(*) FROM clinic.allergen))
FROM clinic.visit
WHERE visit.state = 'DONE'
  AND ($2::text[] IS NULL OR visit.visit_id = ANY ($2::text[]::bigint[]))
  AND clinic.dice($1::text || ' allergic ' || visit.person_id) < 0.2;

-- name: chart_problems
-- The complaint becomes a diagnosis, where it is one.
-- $1 what the dice are made of, $2 ids of visits, or null for all that took place.
INSERT INTO clinic.problem (visit_id, icd_code, began_on)
SELECT
  visit.visit_id,
  diagnosis.icd_code,
  visit.began_at::date
    - CASE WHEN diagnosis.is_chronic THEN floor(clinic.dice($1::text || ' began ' || visit.visit_id) * 900)::integer ELSE 0 END
FROM clinic.visit
JOIN clinic.diagnosis ON diagnosis.icd_code = visit.complaint_code
WHERE visit.state = 'DONE'
  AND ($2::text[] IS NULL OR visit.visit_id = ANY ($2::text[]::bigint[]));

-- name: chart_prescriptions
-- Most of those who can be helped by a drug get it; a laboratory prescribes nothing.
-- $1 what the dice are made of, $2 ids of visits, or null for all that took place.
INSERT INTO clinic.prescription (visit_id, rxnorm_code, icd_code, starts_on)
SELECT visit.visit_id, diagnosis.rxnorm_code, diagnosis.icd_code, visit.began_at::date
FROM clinic.visit
JOIN clinic.department USING (department_id)
JOIN clinic.diagnosis ON diagnosis.icd_code = visit.complaint_code AND diagnosis.rxnorm_code IS NOT NULL
WHERE visit.state = 'DONE'
  AND ($2::text[] IS NULL OR visit.visit_id = ANY ($2::text[]::bigint[]))
  AND department.visit_kind <> 'LAB'
  AND clinic.dice($1::text || ' drug ' || visit.visit_id) < 0.7;

-- name: chart_measurements
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
  AND ($2::text[] IS NULL OR visit.visit_id = ANY ($2::text[]::bigint[]));

-- name: chart_vaccinations
-- Half of those who come for a check-up are vaccinated.
-- $1 what the dice are made of, $2 ids of visits, or null for all that took place.
INSERT INTO clinic.vaccination (visit_id, vaccine_id, given_at, lot_number)
SELECT
  visit.visit_id,
  floor(clinic.dice($1::text || ' vaccine ' || visit.visit_id) * (SELECT count(*) FROM clinic.vaccine)),
  visit.began_at + interval '10 minutes',
  'PL' || upper(left(md5($1::text || ' lot ' || visit.began_at::date), 6))
FROM clinic.visit
JOIN clinic.department USING (department_id)
WHERE visit.state = 'DONE'
  AND ($2::text[] IS NULL OR visit.visit_id = ANY ($2::text[]::bigint[]))
  AND department.visit_kind = 'OV'
  AND visit.complaint_code = 'Z00.00'
  AND clinic.dice($1::text || ' vaccinated ' || visit.visit_id) < 0.5;
