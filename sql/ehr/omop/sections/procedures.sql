-- Procedures of the visit. One row per procedure.
SELECT r.visit_occurrence_id AS encounter_id,
       'procedure' AS kind,
       coalesce(c.concept_code, r.procedure_source_value) AS code,
       CASE c.vocabulary_id WHEN 'ICD10CM' THEN 'ICD-10-CM' WHEN 'ICD9CM' THEN 'ICD-9-CM' WHEN 'CPT4' THEN 'CPT' WHEN 'ICD10PCS' THEN 'ICD-10-PCS'
            ELSE c.vocabulary_id END AS code_system,
       coalesce(c.concept_name, r.procedure_source_value) AS name,
       other.concept_code AS alt_code,
       CASE other.vocabulary_id WHEN 'ICD10CM' THEN 'ICD-10-CM' WHEN 'ICD9CM' THEN 'ICD-9-CM' WHEN 'CPT4' THEN 'CPT' WHEN 'ICD10PCS' THEN 'ICD-10-PCS'
            ELSE other.vocabulary_id END AS alt_code_system,
       other.concept_name AS alt_name,
       coalesce(nullif(r.procedure_datetime, r.procedure_date)::text, r.procedure_date::text) AS performed_at,
       'completed' AS status
FROM procedure_occurrence AS r
LEFT JOIN concept AS c ON c.concept_id = r.procedure_concept_id AND r.procedure_concept_id <> 0
LEFT JOIN concept AS other ON other.concept_id = r.procedure_source_concept_id AND other.concept_id NOT IN (0, r.procedure_concept_id)
WHERE r.visit_occurrence_id = ANY ($1::text[]::bigint[])
