-- The diagnoses of a visit, in SNOMED CT and as they were billed. $1 text[]: ids of visits. One row per diagnosis.
SELECT
  problem.visit_id AS encounter_id,
  diagnosis.snomed_code AS code,
  'SNOMED CT' AS code_system,
  diagnosis.snomed_name AS name,
  problem.icd_code AS alt_code,
  'ICD-10-CM' AS alt_code_system,
  visit.complaint_name AS alt_name,
  'active' AS status,
  problem.began_on AS started_at
FROM clinic.problem
JOIN clinic.diagnosis USING (icd_code)
JOIN clinic.visit USING (visit_id)
WHERE problem.visit_id = ANY ($1::text[]::bigint[])
