-- Adds copies of the small clinic's merges.
-- $1, $2: first and last copy. $3: how many registrations a copy has. One row per merge.
INSERT INTO bench.merge (retired_patient_id, surviving_patient_id, merged_at)
SELECT retired_patient_id + copy * $3::bigint, surviving_patient_id + copy * $3::bigint, merged_at
FROM generate_series($1::integer, $2::integer) AS copy, bench.small_merge
