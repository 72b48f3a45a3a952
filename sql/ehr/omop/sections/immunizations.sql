-- Drugs of the visit whose concept is of CVX. One row per dose.
SELECT r.visit_occurrence_id AS encounter_id,
       r.drug_exposure_start_date AS given_at,
       c.concept_code AS code,
       'CVX' AS code_system,
       c.concept_name AS name,
       'completed' AS status,
       r.quantity AS dose,
       r.dose_unit_source_value AS dose_units,
       coalesce(route.concept_name, r.route_source_value) AS route_name,
       nullif(r.lot_number, '') AS lot_number
FROM drug_exposure AS r
JOIN concept AS c ON c.concept_id = r.drug_concept_id AND c.vocabulary_id = 'CVX'
LEFT JOIN concept AS route ON route.concept_id = r.route_concept_id AND r.route_concept_id <> 0
WHERE r.visit_occurrence_id = ANY ($1::text[]::bigint[])
