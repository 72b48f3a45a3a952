-- The visits of the model EHR. One row per visit row.
SELECT visit_id AS encounter_id, patient_id, updated_at, 'outpatient' AS class, status, started_at, ended_at, reason AS reason_name
FROM model.visit
