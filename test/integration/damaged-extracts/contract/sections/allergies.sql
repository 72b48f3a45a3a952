-- What was found at the visit. $1 text[]: ids of visits. One row per allergy.
SELECT
  encounter_id, code AS substance_code, CASE WHEN code IS NOT NULL THEN 'SNOMED CT' END AS substance_code_system,
  name AS substance_name, 'active' AS status, severity
FROM allergies
WHERE encounter_id = ANY ($1)
