-- What an inpatient stay found: conditions of category encounter-diagnosis.
-- $1 text[]: ids of visits. One row per diagnosis.
SELECT condition.visit AS encounter_id,
       told ->> 'code' AS code,
       told ->> 'system' AS code_system,
       concept_name(condition.resource -> 'code') AS name,
       other_coding(condition.resource -> 'code', told) ->> 'code' AS alt_code,
       other_coding(condition.resource -> 'code', told) ->> 'system' AS alt_code_system,
       other_coding(condition.resource -> 'code', told) ->> 'display' AS alt_name,
       coding(condition.resource -> 'clinicalStatus') ->> 'code' AS status,
       whole_day(condition.resource ->> 'onsetDateTime') AS started_at,
       whole_day(condition.resource ->> 'abatementDateTime') AS ended_at,
       has_code(condition.resource -> 'verificationStatus', 'refuted') AS negated
FROM condition
JOIN encounter ON encounter.visit = condition.visit
CROSS JOIN LATERAL (SELECT coding(condition.resource -> 'code', 'http://hl7.org/fhir/sid/icd-10-cm', 'http://snomed.info/sct')) AS read (told)
WHERE condition.visit = ANY ($1)
  AND encounter.visit = ANY ($1)
  AND is_visit_diagnosis(condition.resource)
  AND visit_class(encounter.resource) = 'inpatient'
