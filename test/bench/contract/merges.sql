-- One row per merge.
SELECT retired_patient_id, surviving_patient_id, merged_at
FROM bench.merge
