-- As sections/vital_signs.sql, for summaries.
-- $1 text[]: ids of patients. One row per value measured.
SELECT summary AS patient_id,
       whole_day(coalesce(resource ->> 'effectiveDateTime', resource #>> '{effectivePeriod,start}', resource ->> 'issued')) AS observed_at,
       told ->> 'code' AS code,
       told ->> 'system' AS code_system,
       concept_name(concept) AS name,
       part #>> '{valueQuantity,value}' AS value,
       coalesce(part #>> '{valueQuantity,code}', part #>> '{valueQuantity,unit}') AS units,
       'completed' AS status,
       coding(part #> '{interpretation,0}') ->> 'code' AS interpretation,
       coding(resource -> 'bodySite', 'http://snomed.info/sct') ->> 'code' AS target_site_code,
       coding(resource -> 'bodySite', 'http://snomed.info/sct') ->> 'system' AS target_site_code_system,
       concept_name(resource -> 'bodySite') AS target_site_name,
       note_text(resource) AS comment
FROM observation
CROSS JOIN LATERAL (SELECT resource WHERE resource ? 'valueQuantity'
                    UNION ALL SELECT item FROM elements(resource -> 'component') AS item WHERE item ? 'valueQuantity') AS parts (part)
CROSS JOIN LATERAL (SELECT part -> 'code', coding(part -> 'code', 'http://loinc.org')) AS read (concept, told)
WHERE summary = ANY ($1) AND has_code(resource -> 'category', 'vital-signs')
  AND coalesce(resource ->> 'status', '') NOT IN ('entered-in-error', 'cancelled', 'registered')
