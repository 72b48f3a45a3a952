-- As sections/procedures.sql, for summaries.
-- $1 text[]: ids of patients. One row per part of the body.
SELECT summary AS patient_id,
       'procedure' AS kind,
       told ->> 'code' AS code,
       told ->> 'system' AS code_system,
       concept_name(resource -> 'code') AS name,
       other_coding(resource -> 'code', told) ->> 'code' AS alt_code,
       other_coding(resource -> 'code', told) ->> 'system' AS alt_code_system,
       other_coding(resource -> 'code', told) ->> 'display' AS alt_name,
       whole_day(coalesce(resource ->> 'performedDateTime', resource #>> '{performedPeriod,start}', resource ->> 'occurrenceDateTime',
                          resource #>> '{occurrencePeriod,start}')) AS performed_at,
       CASE resource ->> 'status' WHEN 'in-progress' THEN 'active' WHEN 'stopped' THEN 'aborted' WHEN 'on-hold' THEN 'active'
            ELSE resource ->> 'status' END AS status,
       coding(site, 'http://snomed.info/sct') ->> 'code' AS target_site_code,
       coding(site, 'http://snomed.info/sct') ->> 'system' AS target_site_code_system,
       concept_name(site) AS target_site_name,
       note_text(resource) AS comment
FROM procedure
CROSS JOIN LATERAL (SELECT coding(resource -> 'code', 'http://snomed.info/sct', 'http://www.ama-assn.org/go/cpt')) AS read (told)
LEFT JOIN LATERAL elements(resource -> 'bodySite') AS site ON true
WHERE summary = ANY ($1) AND coalesce(resource ->> 'status', '') NOT IN ('entered-in-error', 'not-done', 'preparation', 'unknown')
