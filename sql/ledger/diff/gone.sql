-- What Redox holds and the EHR no longer has. Only a full sweep may ask (decision 11). A patient who was merged may vanish, and a
-- person may have said to leave it.
-- Takes no parameters. One row per vanished patient or visit.
SELECT 'patient' AS entity, l.patient_id AS entity_id, l.patient_id
FROM patient l
WHERE l.presence IN ('uncertain', 'present')
  AND NOT EXISTS (SELECT FROM stage_patient s WHERE s.entity_id = l.patient_id)
  AND NOT EXISTS (SELECT FROM stage_fault f WHERE f.entity = 'patient' AND f.entity_id = l.patient_id)
  AND NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = l.patient_id)
  AND NOT EXISTS (SELECT FROM ignored i WHERE i.entity = 'patient' AND i.entity_id = l.patient_id AND i.is_gone)
UNION ALL
SELECT 'encounter', l.encounter_id, l.filed_under
FROM encounter l
WHERE NOT EXISTS (SELECT FROM stage_encounter s WHERE s.entity_id = l.encounter_id)
  AND NOT EXISTS (SELECT FROM stage_fault f WHERE f.entity = 'encounter' AND f.entity_id = l.encounter_id)
  AND NOT EXISTS (SELECT FROM ignored i WHERE i.entity = 'encounter' AND i.entity_id = l.encounter_id AND i.is_gone)
