-- As sections/advance_directives.sql, for summaries.
-- $1 text[]: ids of patients. One row per directive.
SELECT summary AS patient_id,
       told ->> 'code' AS type_code,
       told ->> 'system' AS type_code_system,
       concept_name(resource -> 'code') AS type_name,
       coding(resource -> 'valueCodeableConcept') ->> 'code' AS code,
       coding(resource -> 'valueCodeableConcept') ->> 'system' AS code_system,
       concept_name(resource -> 'valueCodeableConcept') AS name,
       whole_day(coalesce(resource ->> 'effectiveDateTime', resource #>> '{effectivePeriod,start}')) AS started_at,
       NULL AS external_reference
FROM observation
CROSS JOIN LATERAL (SELECT coding(resource -> 'code', 'http://loinc.org')) AS read (told)
WHERE summary = ANY ($1) AND (has_code(resource -> 'category', 'observation-adi-documentation') OR has_code(resource -> 'code', '45473-6', '75772-4'))
  AND coalesce(resource ->> 'status', '') NOT IN ('entered-in-error', 'cancelled')
UNION ALL
SELECT summary, told ->> 'code', told ->> 'system', concept_name(resource -> 'type'), NULL, NULL, resource ->> 'description',
       whole_day(resource ->> 'date'), resource #>> '{content,0,attachment,url}'
FROM documentreference
CROSS JOIN LATERAL (SELECT coding(resource -> 'type', 'http://loinc.org')) AS read (told)
WHERE summary = ANY ($1) AND has_code(resource -> 'type', '42348-3', '64298-3', '81334-5', '86533-7', '92664-2', '93037-0')
  AND coalesce(resource ->> 'status', '') <> 'entered-in-error'
