-- Diagnoses of a visit that is no admission, but for those entered by mistake. One row per diagnosis.
SELECT d.encounter_id,
       r.name AS text,
       d.date AS assessed_at,
       r.code,
       CASE WHEN r.type IN ('icd10', 'diagnosis') THEN 'ICD-10 WHO' END AS code_system,
       r.name,
       d.certainty = 'disproven' AS negated
FROM encounter_diagnoses AS d
JOIN encounters AS e ON e.id = d.encounter_id AND e.encounter_type <> 'admission'
JOIN reference_data AS r ON r.id = d.diagnosis_id
WHERE d.encounter_id = ANY ($1) AND d.deleted_at IS NULL AND d.certainty IS DISTINCT FROM 'error'
