-- The merges of the clinic's extracts. One row per merge.
SELECT retired_id AS retired_patient_id, survivor_id AS surviving_patient_id, merged_at FROM merges
