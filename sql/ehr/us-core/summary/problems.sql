-- As sections/problems.sql, for summaries. Diagnoses of visits stand here, too.
-- $1 text[]: ids of patients. One row per problem.
SELECT summary AS patient_id,
       told ->> 'code' AS code,
       told ->> 'system' AS code_system,
       concept_name(resource -> 'code') AS name,
       other_coding(resource -> 'code', told) ->> 'code' AS alt_code,
       other_coding(resource -> 'code', told) ->> 'system' AS alt_code_system,
       other_coding(resource -> 'code', told) ->> 'display' AS alt_name,
       CASE coding(resource -> 'clinicalStatus') ->> 'code'
         WHEN 'active' THEN 'active' WHEN 'recurrence' THEN 'active' WHEN 'relapse' THEN 'active'
         WHEN 'inactive' THEN 'inactive' WHEN 'remission' THEN 'inactive' WHEN 'resolved' THEN 'resolved'
       END AS status,
       whole_day(coalesce(resource ->> 'onsetDateTime', resource #>> '{onsetPeriod,start}')) AS started_at,
       whole_day(coalesce(resource ->> 'abatementDateTime', resource #>> '{abatementPeriod,end}')) AS ended_at,
       note_text(resource) AS comment
FROM condition
CROSS JOIN LATERAL (SELECT coding(resource -> 'code', 'http://snomed.info/sct', 'http://hl7.org/fhir/sid/icd-10-cm')) AS read (told)
WHERE summary = ANY ($1)
  AND NOT has_code(resource -> 'verificationStatus', 'refuted', 'entered-in-error')
