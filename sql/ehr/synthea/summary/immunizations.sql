-- What a patient was vaccinated with.
-- $1 text[]: ids of patients. One row per dose.
SELECT encounters.patient AS patient_id,
       immunizations.date AS given_at,
       immunizations.code,
       'CVX' AS code_system,
       immunizations.description AS name,
       'completed' AS status
FROM encounters
JOIN immunizations ON immunizations.encounter = encounters.id
WHERE encounters.patient = ANY($1)
