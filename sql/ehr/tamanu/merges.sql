-- merged_into_id, also of a retired patient that Tamanu has deleted since. One row per retired patient.
SELECT id AS retired_patient_id,
       merged_into_id AS surviving_patient_id,
       coalesce(deleted_at, updated_at) AS merged_at
FROM patients
WHERE merged_into_id IS NOT NULL
