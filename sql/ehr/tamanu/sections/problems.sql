-- Conditions belong to a patient. A visit has those that were recorded before its end. One row per condition and visit.
SELECT e.id AS encounter_id,
       r.code,
       CASE WHEN r.type IN ('icd10', 'diagnosis') THEN 'ICD-10 WHO' END AS code_system,
       r.name,
       CASE WHEN c.resolved THEN 'resolved' ELSE 'active' END AS status,
       c.recorded_date AS started_at,
       c.resolution_date AS ended_at,
       nullif(c.note, '') AS comment
FROM encounters AS e
JOIN patient_conditions AS c ON c.patient_id = e.patient_id AND c.deleted_at IS NULL AND c.recorded_date <= e.end_date
LEFT JOIN reference_data AS r ON r.id = c.condition_id
WHERE e.id = ANY ($1)
