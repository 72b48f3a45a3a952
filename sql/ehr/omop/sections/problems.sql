-- Conditions of the visit: the standard concept (SNOMED CT), and that of the source beside it; without either the source's own value.
-- One row per condition.
SELECT r.visit_occurrence_id AS encounter_id,
       coalesce(c.concept_code, r.condition_source_value) AS code,
       CASE c.vocabulary_id WHEN 'ICD10CM' THEN 'ICD-10-CM' WHEN 'ICD9CM' THEN 'ICD-9-CM' WHEN 'CPT4' THEN 'CPT' WHEN 'ICD10PCS' THEN 'ICD-10-PCS'
            ELSE c.vocabulary_id END AS code_system,
       coalesce(c.concept_name, r.condition_source_value) AS name,
       other.concept_code AS alt_code,
       CASE other.vocabulary_id WHEN 'ICD10CM' THEN 'ICD-10-CM' WHEN 'ICD9CM' THEN 'ICD-9-CM' WHEN 'CPT4' THEN 'CPT' WHEN 'ICD10PCS' THEN 'ICD-10-PCS'
            ELSE other.vocabulary_id END AS alt_code_system,
       other.concept_name AS alt_name,
       CASE WHEN r.condition_end_date IS NULL THEN 'active' ELSE 'resolved' END AS status,
       r.condition_start_date AS started_at,
       r.condition_end_date AS ended_at
FROM condition_occurrence AS r
LEFT JOIN concept AS c ON c.concept_id = r.condition_concept_id AND r.condition_concept_id <> 0
LEFT JOIN concept AS other ON other.concept_id = r.condition_source_concept_id AND other.concept_id NOT IN (0, r.condition_concept_id)
WHERE r.visit_occurrence_id = ANY ($1::text[]::bigint[])
