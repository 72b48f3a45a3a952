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
  AND clinic.dice($1::text || ' vaccinated ' || visit.visit_id) < 0.5
