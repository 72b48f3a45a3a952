-- Allergies belong to a patient. A visit has those that were recorded before its end. One row per allergy and visit.
SELECT e.id AS encounter_id,
       r.code AS substance_code,
       r.name AS substance_name,
       'active' AS status,
       a.recorded_date AS started_at,
       reaction.name AS reaction_name,
       nullif(a.note, '') AS comment
FROM encounters AS e
JOIN patient_allergies AS a ON a.patient_id = e.patient_id AND a.deleted_at IS NULL AND a.recorded_date <= e.end_date
LEFT JOIN reference_data AS r ON r.id = a.allergy_id
LEFT JOIN reference_data AS reaction ON reaction.id = a.reaction_id
WHERE e.id = ANY ($1)
