-- What patients do not tolerate. Each visit charts it again. $1 text[]: ids of patients. One row per allergy.
SELECT DISTINCT
  visit.person_id AS patient_id,
  allergen.code AS substance_code,
  allergen.code_system AS substance_code_system,
  allergen.name AS substance_name,
  allergen.type,
  'active' AS status,
  allergen.severity,
  allergen.reaction_code,
  'SNOMED CT' AS reaction_code_system,
  allergen.reaction_name
FROM clinic.visit
JOIN clinic.allergy USING (visit_id)
JOIN clinic.allergen USING (allergen_id)
WHERE visit.person_id = ANY ($1::text[]::bigint[])
