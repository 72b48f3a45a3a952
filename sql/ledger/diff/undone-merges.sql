-- The patients whose merge Redox was told, and whom the EHR no longer calls merged. Where they are a live row, the patients'
-- own difference tells them anew.
-- Takes no parameters. One row per undone merge.
SELECT l.patient_id AS entity_id, l.merged_into, s.entity_id IS NOT NULL AS is_live
FROM patient l
LEFT JOIN stage_patient s ON s.entity_id = l.patient_id
WHERE l.merged_into IS NOT NULL
  AND NOT EXISTS (SELECT FROM stage_retired r WHERE r.patient_id = l.patient_id)
