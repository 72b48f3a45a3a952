-- The diagnoses of a visit (encounter_diagnosis, 2.2 and newer).
SELECT e.visit_id AS encounter_id,
       term.code,
       CASE source.name WHEN 'ICD-10-WHO' THEN 'ICD-10' WHEN 'RxNORM' THEN 'RxNorm' ELSE source.name END AS code_system,
       COALESCE((SELECT x.name FROM concept_name AS x WHERE x.concept_id = d.diagnosis_coded AND x.voided = 0
        ORDER BY x.locale = 'en' DESC, x.concept_name_type = 'FULLY_SPECIFIED' DESC, x.concept_name_id LIMIT 1), d.diagnosis_non_coded) AS name,
       'active' AS status,
       e.encounter_datetime AS started_at,
       LOWER(d.certainty) AS comment
FROM encounter AS e
JOIN encounter_diagnosis AS d ON d.encounter_id = e.encounter_id AND d.voided = 0
LEFT JOIN concept_reference_term AS term ON term.concept_reference_term_id =
  (SELECT t.concept_reference_term_id FROM concept_reference_map AS m
   JOIN concept_map_type AS mt ON mt.concept_map_type_id = m.concept_map_type_id AND mt.name = 'SAME-AS'
   JOIN concept_reference_term AS t ON t.concept_reference_term_id = m.concept_reference_term_id
   JOIN concept_reference_source AS s ON s.concept_source_id = t.concept_source_id AND s.name IN ('SNOMED CT', 'ICD-10-WHO')
   WHERE m.concept_id = d.diagnosis_coded ORDER BY FIELD(s.name, 'SNOMED CT', 'ICD-10-WHO'), t.concept_reference_term_id LIMIT 1)
LEFT JOIN concept_reference_source AS source ON source.concept_source_id = term.concept_source_id
WHERE e.visit_id IN ($1) AND e.voided = 0
