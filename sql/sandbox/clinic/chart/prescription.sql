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
  AND clinic.dice($1::text || ' drug ' || visit.visit_id) < 0.7
