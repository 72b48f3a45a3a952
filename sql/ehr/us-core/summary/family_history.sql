-- As sections/family_history.sql, for summaries.
-- $1 text[]: ids of patients. One row per condition of a relative.
SELECT summary AS patient_id,
       id AS relative_id,
       coding(resource -> 'relationship', 'http://terminology.hl7.org/CodeSystem/v3-RoleCode') ->> 'code' AS relative_code,
       coding(resource -> 'relationship', 'http://terminology.hl7.org/CodeSystem/v3-RoleCode') ->> 'system' AS relative_code_system,
       concept_name(resource -> 'relationship') AS relative_name,
       concept_name(resource -> 'sex') AS relative_sex,
       whole_day(resource ->> 'bornDate') AS relative_birth_date,
       (resource ->> 'deceasedBoolean') = 'true' OR resource ?| ARRAY['deceasedDate', 'deceasedAge', 'deceasedRange'] AS relative_deceased,
       told ->> 'code' AS code,
       told ->> 'system' AS code_system,
       concept_name(item -> 'code') AS name,
       whole_day(item ->> 'onsetDateTime') AS observed_at,
       CASE WHEN item #>> '{onsetAge,code}' = 'a' THEN item #>> '{onsetAge,value}' END AS age_at_onset,
       (item ->> 'contributedToDeath') = 'true' AS cause_of_death
FROM familymemberhistory
CROSS JOIN LATERAL elements(resource -> 'condition') AS item
CROSS JOIN LATERAL (SELECT coding(item -> 'code', 'http://snomed.info/sct')) AS read (told)
WHERE summary = ANY ($1) AND coalesce(resource ->> 'status', '') <> 'entered-in-error'
