-- Synthea's medications, under the visit at which they were ordered. What was given at the visit (START is STOP, or a stay that it
-- did not outlast) is no medication of the patient's. What goes on after a stay is to be taken after the discharge.
-- DISPENSES counts months, not refills; it is not told.
-- $1 text[]: ids of encounters. One row per medication.
SELECT medications.encounter AS encounter_id,
       CASE
         WHEN medications.start = medications.stop THEN 'administered'
         WHEN encounters.encounterclass IN ('inpatient', 'snf') THEN
           CASE WHEN medications.stop <= encounters.stop THEN 'administered' ELSE 'discharge' END
         ELSE 'current'
       END AS kind,
       medications.code,
       'RxNorm' AS code_system,
       medications.description AS name,
       CASE WHEN medications.stop IS NULL THEN 'active' ELSE 'completed' END AS status,
       medications.start AS started_at,
       medications.stop AS ended_at,
       medications.reasoncode AS indication_code,
       CASE WHEN medications.reasoncode IS NOT NULL THEN 'SNOMED CT' END AS indication_code_system,
       medications.reasondescription AS indication_name
FROM medications
LEFT JOIN encounters ON encounters.id = medications.encounter AND encounters.id = ANY($1)
WHERE medications.encounter = ANY($1)
