-- Adds copies of the small clinic's visits.
-- $1, $2: first and last copy. $3, $4: how many registrations and visits a copy has. One row per visit.
INSERT INTO bench.encounter (encounter_id, patient_id, updated_at, class, status, started_at, ended_at, type_code, type_code_system, type_name, reason_code, reason_code_system, reason_name, facility_id, facility_name, department, provider_id, provider_npi, provider_first_name, provider_last_name, discharge_disposition, clinical_version)
SELECT encounter_id + copy * $4::bigint, patient_id + copy * $3::bigint, updated_at, class, status, started_at, ended_at, type_code, type_code_system, type_name, reason_code, reason_code_system, reason_name, facility_id, facility_name, department, provider_id, provider_npi, provider_first_name, provider_last_name, discharge_disposition, clinical_version
FROM generate_series($1::integer, $2::integer) AS copy, bench.small_encounter
ORDER BY 1
