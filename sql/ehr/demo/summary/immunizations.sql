-- What patients were vaccinated with. $1 text[]: ids of patients. One row per vaccination.
SELECT
  visit.person_id AS patient_id,
  vaccination.given_at,
  vaccine.cvx_code AS code,
  'CVX' AS code_system,
  vaccine.name,
  'completed' AS status,
  '0.5' AS dose,
  'mL' AS dose_units,
  'C28161' AS route_code,
  'NCI Thesaurus' AS route_code_system,
  'Intramuscular route of administration' AS route_name,
  vaccination.lot_number
FROM clinic.visit
JOIN clinic.vaccination USING (visit_id)
JOIN clinic.vaccine USING (vaccine_id)
WHERE visit.person_id = ANY ($1::text[]::bigint[])
