-- What was prescribed at a visit, and for what. $1 text[]: ids of visits. One row per product.
SELECT
  prescription.visit_id AS encounter_id,
  drug.rxnorm_code AS code,
  'RxNorm' AS code_system,
  drug.name,
  'active' AS status,
  prescription.starts_on AS started_at,
  drug.sig,
  drug.dose,
  drug.dose_units,
  'C38288' AS route_code,
  'NCI Thesaurus' AS route_code_system,
  'Oral' AS route_name,
  drug.period AS frequency_period,
  drug.period_unit AS frequency_unit,
  drug.as_needed,
  diagnosis.snomed_code AS indication_code,
  'SNOMED CT' AS indication_code_system,
  diagnosis.snomed_name AS indication_name
FROM clinic.prescription
JOIN clinic.drug USING (rxnorm_code)
JOIN clinic.diagnosis USING (icd_code)
WHERE prescription.visit_id = ANY ($1::text[]::bigint[])
