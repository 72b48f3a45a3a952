-- MedicationRequest and MedicationStatement as what the patient takes, MedicationAdministration as what was given. The product stands in the resource,
-- among what it contains, or in a Medication of the export; where the export has none (it is outside the patient compartment),
-- the words of the reference stand for it.
-- $1 text[]: ids of visits. One row per reason of a prescription or administration.
WITH item AS (
  SELECT visit, -- @summary SELECT summary,
         'request' AS source, resource, resource #> '{dosageInstruction,0}' AS dosage,
         resource #> '{dosageInstruction,0,doseAndRate,0}' AS amount
  FROM medicationrequest
  WHERE visit = ANY ($1) -- @summary WHERE summary = ANY ($1)
    AND coalesce(resource ->> 'intent', '') NOT IN ('proposal', 'option')
    AND coalesce(resource ->> 'status', '') NOT IN ('entered-in-error', 'draft', 'cancelled')
    AND (resource ->> 'doNotPerform') IS DISTINCT FROM 'true'
  UNION ALL
  SELECT visit, -- @summary SELECT summary,
         'administration', resource, resource -> 'dosage',
         jsonb_build_object('doseQuantity', resource #> '{dosage,dose}', 'rateQuantity', resource #> '{dosage,rateQuantity}')
  FROM medicationadministration
  WHERE visit = ANY ($1) -- @summary WHERE summary = ANY ($1)
    AND coalesce(resource ->> 'status', '') <> 'entered-in-error'
  UNION ALL
  SELECT visit, -- @summary SELECT summary,
         'statement', resource, resource #> '{dosage,0}', resource #> '{dosage,0,doseAndRate,0}'
  FROM medicationstatement
  WHERE visit = ANY ($1) -- @summary WHERE summary = ANY ($1)
    AND coalesce(resource ->> 'status', '') NOT IN ('entered-in-error', 'draft', 'intended', 'not-taken')
),
named AS (
  SELECT item.*,
         coalesce(item.resource -> 'medicationCodeableConcept', item.resource #> '{medication,concept}',
                  (SELECT content -> 'code' FROM elements(item.resource -> 'contained') AS content
                   WHERE '#' || (content ->> 'id') = link ->> 'reference' LIMIT 1),
                  medication.resource -> 'code', jsonb_build_object('text', link ->> 'display')) AS product
  FROM item
  CROSS JOIN LATERAL (SELECT coalesce(item.resource -> 'medicationReference', item.resource #> '{medication,reference}')) AS of_item (link)
  LEFT JOIN medication ON medication.id = ref_id(link)
)
SELECT visit AS encounter_id, -- @summary SELECT summary AS patient_id,
       CASE WHEN source = 'administration' THEN 'administered'
            WHEN has_code(resource -> 'category', 'discharge') THEN 'discharge' ELSE 'current' END AS kind,
       told ->> 'code' AS code,
       told ->> 'system' AS code_system,
       concept_name(product) AS name,
       other_coding(product, told) ->> 'code' AS alt_code,
       other_coding(product, told) ->> 'system' AS alt_code_system,
       other_coding(product, told) ->> 'display' AS alt_name,
       CASE resource ->> 'status' WHEN 'stopped' THEN 'aborted' WHEN 'on-hold' THEN 'suspended' WHEN 'in-progress' THEN 'active'
            WHEN 'not-done' THEN 'cancelled' WHEN 'ended' THEN 'completed' WHEN 'recorded' THEN 'active' WHEN 'unknown' THEN NULL ELSE resource ->> 'status' END AS status,
       whole_day(coalesce(dosage #>> '{timing,repeat,boundsPeriod,start}', resource #>> '{dispenseRequest,validityPeriod,start}',
                          resource ->> 'authoredOn',
                          CASE WHEN source = 'statement' THEN coalesce(resource ->> 'effectiveDateTime', resource #>> '{effectivePeriod,start}') END)) AS started_at,
       whole_day(coalesce(dosage #>> '{timing,repeat,boundsPeriod,end}', resource #>> '{dispenseRequest,validityPeriod,end}',
                          CASE WHEN source = 'statement' THEN resource #>> '{effectivePeriod,end}' END)) AS ended_at,
       coalesce(dosage ->> 'text', dosage ->> 'patientInstruction') AS sig,
       coalesce(amount #>> '{doseQuantity,value}', amount #>> '{doseRange,low,value}') AS dose,
       coalesce(amount #>> '{doseQuantity,code}', amount #>> '{doseQuantity,unit}', amount #>> '{doseRange,low,unit}') AS dose_units,
       coalesce(amount #>> '{rateQuantity,value}', amount #>> '{rateRatio,numerator,value}') AS rate,
       coalesce(amount #>> '{rateQuantity,unit}', amount #>> '{rateRatio,numerator,unit}') AS rate_units,
       coding(dosage -> 'route', 'http://snomed.info/sct') ->> 'code' AS route_code,
       coding(dosage -> 'route', 'http://snomed.info/sct') ->> 'system' AS route_code_system,
       concept_name(dosage -> 'route') AS route_name,
       -- Three times a day is every 8 hours.
       CASE WHEN dosage #>> '{timing,repeat,period}' ~ '^\d+(\.\d+)?$'
            THEN as_text(number_in(dosage #>> '{timing,repeat,period}')
                 * CASE WHEN frequency > 1 AND dosage #>> '{timing,repeat,periodUnit}' = 'd' THEN 24 ELSE 1 END / greatest(frequency, 1)) END
         AS frequency_period,
       CASE WHEN frequency > 1 AND dosage #>> '{timing,repeat,periodUnit}' = 'd' THEN 'h'
            ELSE dosage #>> '{timing,repeat,periodUnit}' END AS frequency_unit,
       (dosage ->> 'asNeededBoolean') = 'true' OR dosage ? 'asNeededCodeableConcept' OR (dosage ->> 'asNeeded') = 'true' AS as_needed,
       resource #>> '{dispenseRequest,numberOfRepeatsAllowed}' AS total_refills,
       CASE WHEN resource ->> 'status' = 'not-done' THEN concept_name(resource #> '{statusReason,0}') END AS reason_not_given,
       coding(reason, 'http://snomed.info/sct') ->> 'code' AS indication_code,
       coding(reason, 'http://snomed.info/sct') ->> 'system' AS indication_code_system,
       concept_name(reason) AS indication_name,
       CASE WHEN source = 'administration'
            THEN whole_day(coalesce(resource ->> 'effectiveDateTime', resource #>> '{effectivePeriod,start}')) END AS administration_started_at,
       CASE WHEN source = 'administration' THEN whole_day(resource #>> '{effectivePeriod,end}') END AS administration_ended_at
FROM named
CROSS JOIN LATERAL (SELECT coding(product, 'http://www.nlm.nih.gov/research/umls/rxnorm'),
                           coalesce(number_in(dosage #>> '{timing,repeat,frequency}'), 1)) AS read (told, frequency)
-- R4 has reasonCode and reasonReference; R5 has reason, a concept or a reference.
LEFT JOIN LATERAL (
  SELECT coalesce(item -> 'concept', item) FROM elements(coalesce(resource -> 'reasonCode', resource -> 'reason')) AS item
  WHERE item ?| ARRAY['concept', 'coding', 'text']
  UNION
  SELECT condition.resource -> 'code' FROM elements(coalesce(resource -> 'reasonReference', resource -> 'reason')) AS item
  JOIN condition ON condition.id = ref_id(item)
) AS of_item (reason) ON true
