-- What patients take for their chronic diagnoses, since it was first prescribed. $1 text[]: ids of patients. One row per product.
SELECT
  visit.person_id AS patient_id,
  drug.rxnorm_code AS code,
  'RxNorm' AS code_system,
  drug.name,
  'active' AS status,
  min(prescription.starts_on) AS started_at,
  drug.sig,
  drug.dose,
  drug.dose_units,
  'C38288' AS route_code,
  'NCI Thesaurus' AS route_code_system,
  'Oral' AS route_name,
  drug.period AS frequency_period,
  drug.period_unit AS frequency_unit,
  drug.as_needed
FROM clinic.visit
JOIN clinic.prescription USING (visit_id)
JOIN clinic.drug USING (rxnorm_code)
JOIN clinic.diagnosis USING (icd_code)
WHERE visit.person_id = ANY ($1::text[]::bigint[]) AND diagnosis.is_chronic
GROUP BY
  visit.person_id, drug.rxnorm_code, drug.name, drug.sig, drug.dose, drug.dose_units, drug.period, drug.period_unit, drug.as_needed
