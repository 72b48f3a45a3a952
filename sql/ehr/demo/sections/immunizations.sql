-- What a patient was vaccinated with at the visit. $1 text[]: ids of visits. One row per vaccination.
SELECT
  vaccination.visit_id AS encounter_id,
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
FROM clinic.vaccination
JOIN clinic.vaccine USING (vaccine_id)
WHERE vaccination.visit_id = ANY ($1::text[]::bigint[])
