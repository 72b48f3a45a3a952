-- Visits of OpenMRS. A voided one is cancelled, one without an end is open. What was entered outside a visit has none, and is left out.
SELECT v.visit_id AS encounter_id,
       v.patient_id,
       GREATEST(v.date_created, COALESCE(v.date_changed, v.date_created), COALESCE(v.date_voided, v.date_created),
                COALESCE((SELECT MAX(GREATEST(o.date_created, COALESCE(o.date_voided, o.date_created))) FROM encounter AS e
                          JOIN obs AS o ON o.encounter_id = e.encounter_id WHERE e.visit_id = v.visit_id), v.date_created),
                COALESCE((SELECT MAX(GREATEST(o.date_created, COALESCE(o.date_voided, o.date_created), COALESCE(o.date_stopped, o.date_created)))
                          FROM encounter AS e JOIN orders AS o ON o.encounter_id = e.encounter_id WHERE e.visit_id = v.visit_id), v.date_created),
                COALESCE((SELECT MAX(GREATEST(d.date_created, COALESCE(d.date_changed, d.date_created), COALESCE(d.date_voided, d.date_created)))
                          FROM encounter AS e JOIN encounter_diagnosis AS d ON d.encounter_id = e.encounter_id WHERE e.visit_id = v.visit_id), v.date_created)
       ) AS updated_at,
       CASE WHEN vt.name LIKE '%IPD%' OR vt.name LIKE '%inpatient%' THEN 'inpatient'
            WHEN vt.name LIKE '%emergency%' OR vt.name LIKE '%casualty%' THEN 'emergency'
            WHEN vt.name LIKE '%home%' THEN 'home'
            ELSE 'outpatient' END AS class,
       CASE WHEN v.voided = 1 THEN 'cancelled' WHEN v.date_stopped IS NULL THEN 'open' ELSE 'finished' END AS status,
       v.date_started AS started_at,
       v.date_stopped AS ended_at,
       vt.name AS type_name,
       l.location_id AS facility_id,
       l.name AS facility_name,
       pr.identifier AS provider_id,
       prn.given_name AS provider_first_name,
       COALESCE(prn.family_name, pr.name) AS provider_last_name,
       CONCAT_WS('|',
         (SELECT CONCAT(COUNT(*), '.', COALESCE(SUM(CRC32(JSON_ARRAY(o.obs_id, o.concept_id, o.obs_group_id, o.obs_datetime, o.value_numeric, o.value_coded, o.value_text, o.status, o.comments))), 0))
          FROM encounter AS e JOIN obs AS o ON o.encounter_id = e.encounter_id AND o.voided = 0 WHERE e.visit_id = v.visit_id AND e.voided = 0),
         (SELECT CONCAT(COUNT(*), '.', COALESCE(SUM(CRC32(JSON_ARRAY(o.order_id, o.concept_id, o.order_action, o.date_activated, o.date_stopped, o.auto_expire_date, dor.drug_inventory_id, dor.drug_non_coded, dor.dose,
                                                                         dor.dose_units, dor.route, dor.dosing_instructions, dor.as_needed, dor.quantity))), 0))
          FROM encounter AS e JOIN orders AS o ON o.encounter_id = e.encounter_id AND o.voided = 0
          LEFT JOIN drug_order AS dor ON dor.order_id = o.order_id WHERE e.visit_id = v.visit_id AND e.voided = 0),
         (SELECT CONCAT(COUNT(*), '.', COALESCE(SUM(CRC32(JSON_ARRAY(d.diagnosis_id, d.diagnosis_coded, d.diagnosis_non_coded, d.certainty, e.encounter_datetime))), 0))
          FROM encounter AS e JOIN encounter_diagnosis AS d ON d.encounter_id = e.encounter_id AND d.voided = 0 WHERE e.visit_id = v.visit_id AND e.voided = 0),
         (SELECT CONCAT(COUNT(*), '.', COALESCE(SUM(CRC32(JSON_ARRAY(a.allergy_id, a.date_created, a.coded_allergen, a.non_coded_allergen, a.severity_concept_id, a.comments,
                                                                         r.allergy_reaction_id, r.reaction_concept_id, r.reaction_non_coded))), 0))
          FROM allergy AS a LEFT JOIN allergy_reaction AS r ON r.allergy_id = a.allergy_id WHERE a.patient_id = v.patient_id AND a.voided = 0 AND a.date_created <= v.date_stopped)
       ) AS clinical_version
FROM visit AS v
JOIN visit_type AS vt ON vt.visit_type_id = v.visit_type_id
LEFT JOIN location AS l ON l.location_id = v.location_id
LEFT JOIN provider AS pr ON pr.provider_id =
  (SELECT ep.provider_id FROM encounter AS e JOIN encounter_provider AS ep ON ep.encounter_id = e.encounter_id AND ep.voided = 0
   WHERE e.visit_id = v.visit_id AND e.voided = 0 ORDER BY e.encounter_datetime, ep.encounter_provider_id LIMIT 1)
LEFT JOIN person_name AS prn ON prn.person_name_id =
  (SELECT x.person_name_id FROM person_name AS x WHERE x.person_id = pr.person_id AND x.voided = 0 ORDER BY x.preferred DESC, x.person_name_id LIMIT 1)
-- @by_id WHERE v.visit_id IN ($1)
