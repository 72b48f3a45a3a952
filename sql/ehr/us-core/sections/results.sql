-- Observation of category laboratory, imaging, exam, procedure …, that is neither vital sign nor social history; components each.
-- The panel is the DiagnosticReport of the visit that lists it. Imaging text reports without observations are notes.
-- $1 text[]: ids of visits. One row per value observed.
WITH panel AS (
  SELECT DISTINCT ON (ref_id(result)) ref_id(result) AS observation, report.id, report.resource
  FROM diagnosticreport AS report, elements(report.resource -> 'result') AS result
  WHERE report.visit = ANY ($1) -- @summary WHERE report.summary = ANY ($1)
    AND coalesce(report.resource ->> 'status', '') NOT IN ('entered-in-error', 'cancelled')
  ORDER BY ref_id(result), report.id
),
value AS (
  SELECT observation.visit, -- @summary SELECT observation.summary,
         observation.id, observation.resource, part, coalesce(part -> 'code', observation.resource -> 'code') AS concept
  FROM observation
  CROSS JOIN LATERAL (SELECT observation.resource WHERE NOT observation.resource ? 'component'
                        OR observation.resource ?| ARRAY['valueQuantity', 'valueCodeableConcept', 'valueString', 'valueInteger', 'valueBoolean']
                      UNION ALL SELECT item FROM elements(observation.resource -> 'component') AS item) AS parts (part)
  WHERE observation.visit = ANY ($1) -- @summary WHERE observation.summary = ANY ($1)
    AND NOT has_code(observation.resource -> 'category', 'vital-signs', 'social-history', 'sdoh', 'observation-adi-documentation')
    AND coalesce(observation.resource ->> 'status', '') NOT IN ('entered-in-error', 'cancelled')
)
SELECT value.visit AS encounter_id, -- @summary SELECT value.summary AS patient_id,
       panel.id AS panel_id,
       coding(panel.resource -> 'code', 'http://loinc.org') ->> 'code' AS panel_code,
       coding(panel.resource -> 'code', 'http://loinc.org') ->> 'system' AS panel_code_system,
       concept_name(panel.resource -> 'code') AS panel_name,
       panel.resource ->> 'status' AS panel_status,
       (SELECT item ->> 'value' FROM elements(laboratory.resource -> 'identifier') AS item
        WHERE item ->> 'system' = 'urn:oid:2.16.840.1.113883.4.7' LIMIT 1) AS producer_id,
       CASE WHEN EXISTS (SELECT FROM elements(laboratory.resource -> 'identifier') AS item
                         WHERE item ->> 'system' = 'urn:oid:2.16.840.1.113883.4.7') THEN 'CLIA' END AS producer_id_type,
       coalesce(laboratory.resource ->> 'name', panel.resource #>> '{performer,0,display}') AS producer_name,
       coding(specimen.resource -> 'type', 'http://snomed.info/sct') ->> 'code' AS specimen_code,
       coding(specimen.resource -> 'type', 'http://snomed.info/sct') ->> 'system' AS specimen_code_system,
       coalesce(concept_name(specimen.resource -> 'type'), value.resource #>> '{specimen,display}') AS specimen_name,
       whole_day(specimen.resource #>> '{collection,collectedDateTime}') AS specimen_collected_at,
       specimen.resource #>> '{accessionIdentifier,value}' AS specimen_id,
       told ->> 'code' AS code,
       told ->> 'system' AS code_system,
       concept_name(concept) AS name,
       other_coding(concept, told) ->> 'code' AS alt_code,
       other_coding(concept, told) ->> 'system' AS alt_code_system,
       other_coding(concept, told) ->> 'display' AS alt_name,
       whole_day(coalesce(value.resource ->> 'effectiveDateTime', value.resource #>> '{effectivePeriod,start}',
                          value.resource ->> 'effectiveInstant', value.resource ->> 'issued')) AS observed_at,
       value.resource ->> 'status' AS status,
       coalesce(nullif(concat(part #>> '{valueQuantity,comparator}', part #>> '{valueQuantity,value}'), ''), part ->> 'valueString',
                part ->> 'valueInteger', part ->> 'valueBoolean', part ->> 'valueDateTime', part ->> 'valueTime',
                nullif(concat_ws(' - ', part #>> '{valueRange,low,value}', part #>> '{valueRange,high,value}'), ''),
                nullif(concat_ws(':', part #>> '{valueRatio,numerator,value}', part #>> '{valueRatio,denominator,value}'), '')) AS value,
       coalesce(part #>> '{valueQuantity,code}', part #>> '{valueQuantity,unit}', part #>> '{valueRange,low,unit}') AS units,
       coding(part -> 'valueCodeableConcept', 'http://snomed.info/sct') ->> 'code' AS value_code,
       coding(part -> 'valueCodeableConcept', 'http://snomed.info/sct') ->> 'system' AS value_code_system,
       concept_name(part -> 'valueCodeableConcept') AS value_name,
       coding(part #> '{interpretation,0}') ->> 'code' AS interpretation,
       part #>> '{referenceRange,0,low,value}' AS reference_low,
       part #>> '{referenceRange,0,high,value}' AS reference_high,
       part #>> '{referenceRange,0,text}' AS reference_text,
       note_text(value.resource) AS comment
FROM value
CROSS JOIN LATERAL (SELECT coding(concept, 'http://loinc.org')) AS read (told)
LEFT JOIN panel ON panel.observation = value.id
LEFT JOIN organization AS laboratory ON laboratory.id = ref_id(panel.resource #> '{performer,0}')
LEFT JOIN specimen ON specimen.id = ref_id(coalesce(value.resource -> 'specimen', panel.resource #> '{specimen,0}'))
