-- The patients of the clinic's extracts. One row per patient.
SELECT patient_id, mrn, first_name, last_name, birth_date, zip, city, 'US' AS country FROM patients
