-- Care plans belong to a patient. A visit has those that were made before its end. One row per plan and visit.
SELECT e.id AS encounter_id,
       'service' AS kind,
       r.code,
       r.name,
       'intent' AS status,
       c.date AS planned_at
FROM encounters AS e
JOIN patient_care_plans AS c ON c.patient_id = e.patient_id AND c.deleted_at IS NULL AND c.date <= e.end_date
JOIN reference_data AS r ON r.id = c.care_plan_id
WHERE e.id = ANY ($1)
