-- The merges of the model EHR. One row per merge row.
SELECT retired_id AS retired_patient_id, survivor_id AS surviving_patient_id, merged_at FROM model.merge
