-- Devices of the visit. One row per device.
SELECT r.visit_occurrence_id AS encounter_id,
       coalesce(c.concept_code, r.device_source_value) AS code,
       CASE c.vocabulary_id WHEN 'ICD10CM' THEN 'ICD-10-CM' WHEN 'ICD9CM' THEN 'ICD-9-CM' WHEN 'CPT4' THEN 'CPT' WHEN 'ICD10PCS' THEN 'ICD-10-PCS'
            ELSE c.vocabulary_id END AS code_system,
       coalesce(c.concept_name, r.device_source_value) AS name,
       CASE WHEN r.device_exposure_end_date IS NULL THEN 'active' ELSE 'completed' END AS status,
       r.unique_device_id AS udi
FROM device_exposure AS r
LEFT JOIN concept AS c ON c.concept_id = r.device_concept_id AND r.device_concept_id <> 0
WHERE r.visit_occurrence_id = ANY ($1::text[]::bigint[])
