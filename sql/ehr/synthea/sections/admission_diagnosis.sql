-- Why a patient was taken in, as Synthea's encounters say it: the reason of an inpatient stay.
-- $1 text[]: ids of encounters. One row per stay that has a reason.
SELECT id AS encounter_id,
       reasoncode AS code,
       'SNOMED CT' AS code_system,
       reasondescription AS name
FROM encounters
WHERE id = ANY($1) AND encounterclass IN ('inpatient', 'snf') AND reasoncode IS NOT NULL
