-- One row per visit.
SELECT encounter_id, patient_id, updated_at, class, status, started_at, ended_at, type_code, type_code_system, type_name, reason_code, reason_code_system, reason_name, facility_id, facility_name, department, provider_id, provider_npi, provider_first_name, provider_last_name, discharge_disposition, clinical_version
FROM bench.encounter
