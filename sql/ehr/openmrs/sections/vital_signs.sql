-- Numeric observations whose concept is the same as one of these codes of LOINC, in the concept's own unit.
SELECT e.visit_id AS encounter_id,
       o.obs_datetime AS observed_at,
       term.code,
       'LOINC' AS code_system,
       (SELECT x.name FROM concept_name AS x WHERE x.concept_id = o.concept_id AND x.voided = 0
        ORDER BY x.locale = 'en' DESC, x.concept_name_type = 'FULLY_SPECIFIED' DESC, x.concept_name_id LIMIT 1) AS name,
       o.value_numeric AS value,
       cn.units
FROM encounter AS e
JOIN obs AS o ON o.encounter_id = e.encounter_id AND o.voided = 0 AND o.value_numeric IS NOT NULL
LEFT JOIN concept_numeric AS cn ON cn.concept_id = o.concept_id
LEFT JOIN concept_reference_term AS term ON term.concept_reference_term_id =
  (SELECT t.concept_reference_term_id FROM concept_reference_map AS m
   JOIN concept_map_type AS mt ON mt.concept_map_type_id = m.concept_map_type_id AND mt.name = 'SAME-AS'
   JOIN concept_reference_term AS t ON t.concept_reference_term_id = m.concept_reference_term_id
   JOIN concept_reference_source AS s ON s.concept_source_id = t.concept_source_id AND s.name IN ('LOINC')
   WHERE m.concept_id = o.concept_id ORDER BY FIELD(s.name, 'LOINC'), t.concept_reference_term_id LIMIT 1)
LEFT JOIN concept_reference_source AS source ON source.concept_source_id = term.concept_source_id
WHERE e.visit_id IN ($1) AND e.voided = 0
  AND term.code IN ('8302-2', '3141-9', '29463-7', '39156-5', '8480-6', '8462-4', '8867-4', '8310-5', '9279-1', '2708-6', '59408-5', '9843-4')
