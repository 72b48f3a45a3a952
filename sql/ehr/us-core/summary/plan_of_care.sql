-- As sections/plan_of_care.sql, for summaries.
-- $1 text[]: ids of patients. One row per planned activity.
SELECT summary AS patient_id,
       'service' AS kind,
       told ->> 'code' AS code,
       told ->> 'system' AS code_system,
       concept_name(activity #> '{detail,code}') AS name,
       'intent' AS status,
       whole_day(coalesce(activity #>> '{detail,scheduledPeriod,start}', resource #>> '{period,start}')) AS planned_at
FROM careplan
CROSS JOIN LATERAL elements(resource -> 'activity') AS activity
CROSS JOIN LATERAL (SELECT coding(activity #> '{detail,code}', 'http://snomed.info/sct')) AS read (told)
WHERE summary = ANY ($1) AND activity #> '{detail,code}' IS NOT NULL
  AND coalesce(resource ->> 'status', '') NOT IN ('entered-in-error', 'revoked')
  AND coalesce(activity #>> '{detail,status}', '') NOT IN ('cancelled', 'stopped', 'entered-in-error')
UNION ALL
SELECT summary,
       CASE WHEN has_code(resource -> 'category', '387713003') THEN 'procedure' ELSE 'order' END,
       told ->> 'code', told ->> 'system', concept_name(concept),
       CASE WHEN resource ->> 'intent' IN ('plan', 'proposal', 'directive') THEN 'intent' ELSE 'request' END,
       whole_day(coalesce(resource ->> 'occurrenceDateTime', resource #>> '{occurrencePeriod,start}', resource ->> 'authoredOn'))
FROM servicerequest
CROSS JOIN LATERAL (SELECT coalesce(resource #> '{code,concept}', resource -> 'code')) AS of_request (concept)
CROSS JOIN LATERAL (SELECT coding(concept, 'http://www.ama-assn.org/go/cpt', 'http://loinc.org', 'http://snomed.info/sct')) AS read (told)
WHERE summary = ANY ($1) AND resource ->> 'status' IN ('active', 'draft', 'on-hold') AND (resource ->> 'doNotPerform') IS DISTINCT FROM 'true'
UNION ALL
-- US Core asks of a care plan no more than its narrative, which the landing has kept as plain text.
SELECT summary, 'service', NULL, NULL, resource ->> 'landed_text', 'intent', whole_day(resource #>> '{period,start}')
FROM careplan
WHERE summary = ANY ($1) AND resource ->> 'landed_text' <> '' AND jsonb_typeof(resource -> 'activity') IS DISTINCT FROM 'array'
  AND coalesce(resource ->> 'status', '') NOT IN ('entered-in-error', 'revoked')
