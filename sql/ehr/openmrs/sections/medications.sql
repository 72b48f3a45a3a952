-- Drugs that were ordered in the visit, each order in its last state.
SELECT e.visit_id AS encounter_id,
       term.code,
       CASE source.name WHEN 'ICD-10-WHO' THEN 'ICD-10' WHEN 'RxNORM' THEN 'RxNorm' ELSE source.name END AS code_system,
       COALESCE(d.name, dor.drug_non_coded, (SELECT x.name FROM concept_name AS x WHERE x.concept_id = o.concept_id AND x.voided = 0
        ORDER BY x.locale = 'en' DESC, x.concept_name_type = 'FULLY_SPECIFIED' DESC, x.concept_name_id LIMIT 1)) AS name,
       CASE WHEN o.date_stopped IS NOT NULL THEN 'completed' ELSE 'active' END AS status,
       o.date_activated AS started_at,
       COALESCE(o.date_stopped, o.auto_expire_date) AS ended_at,
       dor.dose,
       (SELECT x.name FROM concept_name AS x WHERE x.concept_id = dor.dose_units AND x.voided = 0
        ORDER BY x.locale = 'en' DESC, x.concept_name_type = 'FULLY_SPECIFIED' DESC, x.concept_name_id LIMIT 1) AS dose_units,
       (SELECT x.name FROM concept_name AS x WHERE x.concept_id = dor.route AND x.voided = 0
        ORDER BY x.locale = 'en' DESC, x.concept_name_type = 'FULLY_SPECIFIED' DESC, x.concept_name_id LIMIT 1) AS route_name,
       dor.dosing_instructions AS sig,
       dor.as_needed,
       dor.quantity AS supply_quantity
FROM encounter AS e
JOIN orders AS o ON o.encounter_id = e.encounter_id AND o.voided = 0 AND o.order_action <> 'DISCONTINUE'
JOIN drug_order AS dor ON dor.order_id = o.order_id
LEFT JOIN drug AS d ON d.drug_id = dor.drug_inventory_id
LEFT JOIN concept_reference_term AS term ON term.concept_reference_term_id =
  (SELECT t.concept_reference_term_id FROM concept_reference_map AS m
   JOIN concept_map_type AS mt ON mt.concept_map_type_id = m.concept_map_type_id AND mt.name = 'SAME-AS'
   JOIN concept_reference_term AS t ON t.concept_reference_term_id = m.concept_reference_term_id
   JOIN concept_reference_source AS s ON s.concept_source_id = t.concept_source_id AND s.name IN ('RxNORM', 'SNOMED CT')
   WHERE m.concept_id = COALESCE(d.concept_id, o.concept_id) ORDER BY FIELD(s.name, 'RxNORM', 'SNOMED CT'), t.concept_reference_term_id LIMIT 1)
LEFT JOIN concept_reference_source AS source ON source.concept_source_id = term.concept_source_id
WHERE e.visit_id IN ($1) AND e.voided = 0
