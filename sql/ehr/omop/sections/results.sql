-- Measurements of the visit that are no vital signs. One row per value.
SELECT r.visit_occurrence_id AS encounter_id,
       coalesce(c.concept_code, r.measurement_source_value) AS code,
       CASE c.vocabulary_id WHEN 'ICD10CM' THEN 'ICD-10-CM' WHEN 'ICD9CM' THEN 'ICD-9-CM' WHEN 'CPT4' THEN 'CPT' WHEN 'ICD10PCS' THEN 'ICD-10-PCS'
            ELSE c.vocabulary_id END AS code_system,
       coalesce(c.concept_name, r.measurement_source_value) AS name,
       other.concept_code AS alt_code,
       CASE other.vocabulary_id WHEN 'ICD10CM' THEN 'ICD-10-CM' WHEN 'ICD9CM' THEN 'ICD-9-CM' WHEN 'CPT4' THEN 'CPT' WHEN 'ICD10PCS' THEN 'ICD-10-PCS'
            ELSE other.vocabulary_id END AS alt_code_system,
       other.concept_name AS alt_name,
       coalesce(nullif(r.measurement_datetime, r.measurement_date)::text, r.measurement_date::text) AS observed_at,
       'final' AS status,
       coalesce(operator.concept_name, '') || coalesce(r.value_as_number::text, r.value_source_value) AS value,
       coalesce(unit.concept_code, r.unit_source_value) AS units,
       answer.concept_code AS value_code,
       CASE answer.vocabulary_id WHEN 'ICD10CM' THEN 'ICD-10-CM' WHEN 'ICD9CM' THEN 'ICD-9-CM' WHEN 'CPT4' THEN 'CPT' WHEN 'ICD10PCS' THEN 'ICD-10-PCS'
            ELSE answer.vocabulary_id END AS value_code_system,
       answer.concept_name AS value_name,
       r.range_low AS reference_low,
       r.range_high AS reference_high
FROM measurement AS r
LEFT JOIN concept AS c ON c.concept_id = r.measurement_concept_id AND r.measurement_concept_id <> 0
LEFT JOIN concept AS other ON other.concept_id = r.measurement_source_concept_id AND other.concept_id NOT IN (0, r.measurement_concept_id)
LEFT JOIN concept AS unit ON unit.concept_id = r.unit_concept_id AND r.unit_concept_id <> 0
LEFT JOIN concept AS answer ON answer.concept_id = r.value_as_concept_id AND r.value_as_concept_id <> 0
LEFT JOIN concept AS operator ON operator.concept_id = r.operator_concept_id AND operator.concept_name IN ('<', '<=', '>', '>=')
WHERE r.visit_occurrence_id = ANY ($1::text[]::bigint[]) AND coalesce(r.value_as_number::text, r.value_source_value, answer.concept_name) IS NOT NULL
  AND NOT (c.vocabulary_id IS NOT DISTINCT FROM 'LOINC' AND r.value_as_number IS NOT NULL AND coalesce(c.concept_code, '') IN ('8302-2', '29463-7', '3141-9', '39156-5', '8480-6', '8462-4', '8867-4', '9279-1', '8310-5', '59408-5', '2708-6', '9843-4'))
