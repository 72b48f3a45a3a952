-- Drugs of the visit, but for vaccines. One row per exposure.
SELECT r.visit_occurrence_id AS encounter_id,
       coalesce(c.concept_code, r.drug_source_value) AS code,
       CASE c.vocabulary_id WHEN 'ICD10CM' THEN 'ICD-10-CM' WHEN 'ICD9CM' THEN 'ICD-9-CM' WHEN 'CPT4' THEN 'CPT' WHEN 'ICD10PCS' THEN 'ICD-10-PCS'
            ELSE c.vocabulary_id END AS code_system,
       coalesce(c.concept_name, r.drug_source_value) AS name,
       other.concept_code AS alt_code,
       CASE other.vocabulary_id WHEN 'ICD10CM' THEN 'ICD-10-CM' WHEN 'ICD9CM' THEN 'ICD-9-CM' WHEN 'CPT4' THEN 'CPT' WHEN 'ICD10PCS' THEN 'ICD-10-PCS'
            ELSE other.vocabulary_id END AS alt_code_system,
       other.concept_name AS alt_name,
       CASE WHEN r.verbatim_end_date IS NULL THEN 'active' ELSE 'completed' END AS status,
       r.drug_exposure_start_date AS started_at,
       r.drug_exposure_end_date AS ended_at,
       r.sig,
       coalesce(route.concept_name, r.route_source_value) AS route_name,
       r.quantity AS supply_quantity,
       r.refills AS total_refills
FROM drug_exposure AS r
LEFT JOIN concept AS c ON c.concept_id = r.drug_concept_id AND r.drug_concept_id <> 0
LEFT JOIN concept AS other ON other.concept_id = r.drug_source_concept_id AND other.concept_id NOT IN (0, r.drug_concept_id)
LEFT JOIN concept AS route ON route.concept_id = r.route_concept_id AND r.route_concept_id <> 0
WHERE r.visit_occurrence_id = ANY ($1::text[]::bigint[]) AND c.vocabulary_id IS DISTINCT FROM 'CVX'
