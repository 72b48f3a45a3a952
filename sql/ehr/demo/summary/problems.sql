-- The chronic diagnoses of patients, since they were first charted. $1 text[]: ids of patients. One row per diagnosis.
SELECT
  visit.person_id AS patient_id,
  diagnosis.snomed_code AS code,
  'SNOMED CT' AS code_system,
  diagnosis.snomed_name AS name,
  diagnosis.icd_code AS alt_code,
  'ICD-10-CM' AS alt_code_system,
  'active' AS status,
  min(problem.began_on) AS started_at
FROM clinic.visit
JOIN clinic.problem USING (visit_id)
JOIN clinic.diagnosis USING (icd_code)
WHERE visit.person_id = ANY ($1::text[]::bigint[]) AND diagnosis.is_chronic
GROUP BY visit.person_id, diagnosis.snomed_code, diagnosis.snomed_name, diagnosis.icd_code
