-- The patients of the model EHR. One row per patient row.
SELECT patient_id, mrn, updated_at, 'Ada' AS first_name, last_name, zip, 'US' AS country FROM model.patient
