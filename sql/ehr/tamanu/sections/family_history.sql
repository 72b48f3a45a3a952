-- Family history belongs to a patient. A visit has what was recorded before its end. One row per condition of a relative.
SELECT e.id AS encounter_id,
       h.id AS relative_id,
       h.relationship AS relative_name,
       r.code,
       CASE WHEN r.type IN ('icd10', 'diagnosis') THEN 'ICD-10 WHO' END AS code_system,
       coalesce(r.name, h.note) AS name,
       h.recorded_date AS observed_at
FROM encounters AS e
JOIN patient_family_histories AS h ON h.patient_id = e.patient_id AND h.deleted_at IS NULL AND h.recorded_date <= e.end_date
LEFT JOIN reference_data AS r ON r.id = h.diagnosis_id
WHERE e.id = ANY ($1)
