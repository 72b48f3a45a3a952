-- The allergies that a patient named at the visit. $1 text[]: ids of visits. One row per allergy.
SELECT
  allergy.visit_id AS encounter_id,
  allergen.code AS substance_code,
  allergen.code_system AS substance_code_system,
  allergen.name AS substance_name,
  allergen.type,
  'active' AS status,
  allergen.severity,
  allergen.reaction_code,
  'SNOMED CT' AS reaction_code_system,
  allergen.reaction_name
FROM clinic.allergy
JOIN clinic.allergen USING (allergen_id)
WHERE allergy.visit_id = ANY ($1::text[]::bigint[])
