-- What a patient takes: what was ordered and not stopped.
-- $1 text[]: ids of patients. One row per medication.
SELECT encounters.patient AS patient_id,
       'current' AS kind,
       medications.code,
       'RxNorm' AS code_system,
       medications.description AS name,
       'active' AS status,
       medications.start AS started_at,
       medications.reasoncode AS indication_code,
       CASE WHEN medications.reasoncode IS NOT NULL THEN 'SNOMED CT' END AS indication_code_system,
       medications.reasondescription AS indication_name
FROM encounters
JOIN medications ON medications.encounter = encounters.id AND medications.stop IS NULL
WHERE encounters.patient = ANY($1)
