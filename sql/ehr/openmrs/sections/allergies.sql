-- Allergies belong to a patient. A visit has those that were recorded before its end and are in force. One row per reaction, or per allergy
-- without one: rows that agree in all but the reaction are sent as one allergy.
SELECT v.visit_id AS encounter_id,
       term.code AS substance_code,
       CASE source.name WHEN 'ICD-10-WHO' THEN 'ICD-10' WHEN 'RxNORM' THEN 'RxNorm' ELSE source.name END AS substance_code_system,
       COALESCE(NULLIF(a.non_coded_allergen, ''), (SELECT x.name FROM concept_name AS x WHERE x.concept_id = a.coded_allergen AND x.voided = 0
        ORDER BY x.locale = 'en' DESC, x.concept_name_type = 'FULLY_SPECIFIED' DESC, x.concept_name_id LIMIT 1)) AS substance_name,
       'active' AS status,
       a.date_created AS started_at,
       (SELECT x.name FROM concept_name AS x WHERE x.concept_id = a.severity_concept_id AND x.voided = 0
        ORDER BY x.locale = 'en' DESC, x.concept_name_type = 'FULLY_SPECIFIED' DESC, x.concept_name_id LIMIT 1) AS severity,
       COALESCE(NULLIF(r.reaction_non_coded, ''), (SELECT x.name FROM concept_name AS x WHERE x.concept_id = r.reaction_concept_id AND x.voided = 0
        ORDER BY x.locale = 'en' DESC, x.concept_name_type = 'FULLY_SPECIFIED' DESC, x.concept_name_id LIMIT 1)) AS reaction_name,
       a.comments AS comment
FROM visit AS v
JOIN allergy AS a ON a.patient_id = v.patient_id AND a.voided = 0 AND a.date_created <= v.date_stopped
LEFT JOIN allergy_reaction AS r ON r.allergy_id = a.allergy_id
LEFT JOIN concept_reference_term AS term ON term.concept_reference_term_id =
  (SELECT t.concept_reference_term_id FROM concept_reference_map AS m
   JOIN concept_map_type AS mt ON mt.concept_map_type_id = m.concept_map_type_id AND mt.name = 'SAME-AS'
   JOIN concept_reference_term AS t ON t.concept_reference_term_id = m.concept_reference_term_id
   JOIN concept_reference_source AS s ON s.concept_source_id = t.concept_source_id AND s.name IN ('RxNORM', 'SNOMED CT')
   WHERE m.concept_id = a.coded_allergen ORDER BY FIELD(s.name, 'RxNORM', 'SNOMED CT'), t.concept_reference_term_id LIMIT 1)
LEFT JOIN concept_reference_source AS source ON source.concept_source_id = term.concept_source_id
WHERE v.visit_id IN ($1)
