-- Observation of category social-history or sdoh. Smoking status (LOINC 72166-2) is the habit, pregnancy has a kind of its own.
-- $1 text[]: ids of visits. One row per value.
SELECT visit AS encounter_id, -- @summary SELECT summary AS patient_id,
       CASE WHEN has_code(resource -> 'code', '72166-2', '11367-0', '88029-4') THEN 'tobacco'
            WHEN has_code(resource -> 'code', '82810-3', '11778-8') THEN 'pregnancy' ELSE 'observation' END AS kind,
       told ->> 'code' AS code,
       told ->> 'system' AS code_system,
       concept_name(concept) AS name,
       coalesce(part #>> '{valueQuantity,value}', part ->> 'valueString', part ->> 'valueBoolean', part ->> 'valueInteger') AS value,
       coalesce(part #>> '{valueQuantity,code}', part #>> '{valueQuantity,unit}') AS units,
       coding(part -> 'valueCodeableConcept', 'http://snomed.info/sct') ->> 'code' AS value_code,
       coding(part -> 'valueCodeableConcept', 'http://snomed.info/sct') ->> 'system' AS value_code_system,
       concept_name(part -> 'valueCodeableConcept') AS value_name,
       has_code(resource -> 'code', '72166-2') AS smoking_status,
       whole_day(coalesce(resource ->> 'effectiveDateTime', resource #>> '{effectivePeriod,start}', resource ->> 'issued')) AS started_at,
       whole_day(resource #>> '{effectivePeriod,end}') AS ended_at,
       CASE WHEN has_code(resource -> 'code', '11778-8') THEN whole_day(part ->> 'valueDateTime') END AS estimated_delivery_at,
       note_text(resource) AS comment
FROM observation
CROSS JOIN LATERAL (SELECT resource WHERE NOT resource ? 'component' UNION ALL SELECT item FROM elements(resource -> 'component') AS item)
  AS parts (part)
CROSS JOIN LATERAL (SELECT part -> 'code', coding(part -> 'code', 'http://loinc.org')) AS read (concept, told)
WHERE visit = ANY ($1) -- @summary WHERE summary = ANY ($1)
  AND has_code(resource -> 'category', 'social-history', 'sdoh')
  AND coalesce(resource ->> 'status', '') NOT IN ('entered-in-error', 'cancelled')
