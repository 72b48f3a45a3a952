-- The patients of $1, by the table's own key. One row per patient.
SELECT patient_id, mrn, updated_at, first_name, middle_name, last_name, birth_date, sex, race, ethnicity, marital_status, language, religion, ssn, street_address, city, state, zip, county, country, home_phone, office_phone, mobile_phone, email, deceased, deceased_at
FROM bench.patient
WHERE patient_id = ANY ($1::text[]::bigint[])
