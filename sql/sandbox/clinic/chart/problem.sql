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
  AND ($2::text[] IS NULL OR visit.visit_id = ANY ($2::text[]::bigint[]))
