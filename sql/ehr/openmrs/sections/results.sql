-- Observations whose concept is of the class Test or LabSet, but for the vital signs. A group is a panel.
SELECT e.visit_id AS encounter_id,
       o.obs_group_id AS panel_id,
       COALESCE(term.code, o.concept_id) AS code,
       CASE WHEN term.code IS NOT NULL THEN 'LOINC' ELSE 'OpenMRS concept' END AS code_system,
       (SELECT x.name FROM concept_name AS x WHERE x.concept_id = o.concept_id AND x.voided = 0
        ORDER BY x.locale = 'en' DESC, x.concept_name_type = 'FULLY_SPECIFIED' DESC, x.concept_name_id LIMIT 1) AS name,
       o.obs_datetime AS observed_at,
       CASE o.status WHEN 'PRELIMINARY' THEN 'preliminary' WHEN 'AMENDED' THEN 'corrected' ELSE 'final' END AS status,
       COALESCE(o.value_numeric, o.value_text, (SELECT x.name FROM concept_name AS x WHERE x.concept_id = o.value_coded AND x.voided = 0
        ORDER BY x.locale = 'en' DESC, x.concept_name_type = 'FULLY_SPECIFIED' DESC, x.concept_name_id LIMIT 1)) AS value,
       cn.units,
       cn.low_normal AS reference_low,
       cn.hi_normal AS reference_high,
       o.comments AS comment
FROM encounter AS e
JOIN obs AS o ON o.encounter_id = e.encounter_id AND o.voided = 0
JOIN concept AS c ON c.concept_id = o.concept_id
JOIN concept_class AS cc ON cc.concept_class_id = c.class_id AND cc.name IN ('Test', 'LabSet', 'LabTest')
LEFT JOIN concept_numeric AS cn ON cn.concept_id = o.concept_id
LEFT JOIN concept_reference_term AS term ON term.concept_reference_term_id =
  (SELECT t.concept_reference_term_id FROM concept_reference_map AS m
   JOIN concept_map_type AS mt ON mt.concept_map_type_id = m.concept_map_type_id AND mt.name = 'SAME-AS'
   JOIN concept_reference_term AS t ON t.concept_reference_term_id = m.concept_reference_term_id
   JOIN concept_reference_source AS s ON s.concept_source_id = t.concept_source_id AND s.name IN ('LOINC')
   WHERE m.concept_id = o.concept_id ORDER BY FIELD(s.name, 'LOINC'), t.concept_reference_term_id LIMIT 1)
LEFT JOIN concept_reference_source AS source ON source.concept_source_id = term.concept_source_id
WHERE e.visit_id IN ($1) AND e.voided = 0 AND COALESCE(o.value_numeric, o.value_text, o.value_coded) IS NOT NULL
