-- Measurements of the visit with one of twelve codes of LOINC. One row per value.
SELECT r.visit_occurrence_id AS encounter_id,
       coalesce(nullif(r.measurement_datetime, r.measurement_date)::text, r.measurement_date::text) AS observed_at,
       c.concept_code AS code,
       'LOINC' AS code_system,
       c.concept_name AS name,
       r.value_as_number AS value,
       coalesce(unit.concept_code, r.unit_source_value) AS units,
       'completed' AS status
FROM measurement AS r
JOIN concept AS c ON c.concept_id = r.measurement_concept_id AND c.vocabulary_id = 'LOINC'
LEFT JOIN concept AS unit ON unit.concept_id = r.unit_concept_id AND r.unit_concept_id <> 0
WHERE r.visit_occurrence_id = ANY ($1::text[]::bigint[]) AND r.value_as_number IS NOT NULL
  AND c.concept_code IN ('8302-2', '29463-7', '3141-9', '39156-5', '8480-6', '8462-4', '8867-4', '9279-1', '8310-5', '59408-5', '2708-6', '9843-4')
