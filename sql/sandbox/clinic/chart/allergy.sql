-- Everybody is asked for allergies; one in five has one, and names it at every visit.
-- $1 what the dice are made of, $2 ids of visits, or null for all that took place.
INSERT INTO clinic.allergy (visit_id, allergen_id)
SELECT visit.visit_id, floor(clinic.dice($1::text || ' allergen ' || visit.person_id) * (SELECT count(*) FROM clinic.allergen))
FROM clinic.visit
WHERE visit.state = 'DONE'
  AND ($2::text[] IS NULL OR visit.visit_id = ANY ($2::text[]::bigint[]))
  AND clinic.dice($1::text || ' allergic ' || visit.person_id) < 0.2
