-- The merges that are in force; one that was undone is not there. One row per retired registration.
SELECT
  retired_person_id AS retired_patient_id,
  surviving_person_id AS surviving_patient_id,
  merged_at AS merged_at
FROM clinic.merge_log
WHERE undone_at IS NULL
