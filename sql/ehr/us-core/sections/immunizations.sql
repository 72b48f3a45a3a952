-- Immunization. Those not given have their reason.
-- $1 text[]: ids of visits. One row per dose.
SELECT visit AS encounter_id, -- @summary SELECT summary AS patient_id,
       whole_day(resource ->> 'occurrenceDateTime') AS given_at,
       told ->> 'code' AS code,
       told ->> 'system' AS code_system,
       concept_name(resource -> 'vaccineCode') AS name,
       other_coding(resource -> 'vaccineCode', told) ->> 'code' AS alt_code,
       other_coding(resource -> 'vaccineCode', told) ->> 'system' AS alt_code_system,
       other_coding(resource -> 'vaccineCode', told) ->> 'display' AS alt_name,
       CASE resource ->> 'status' WHEN 'not-done' THEN 'not done' ELSE resource ->> 'status' END AS status,
       resource #>> '{doseQuantity,value}' AS dose,
       coalesce(resource #>> '{doseQuantity,code}', resource #>> '{doseQuantity,unit}') AS dose_units,
       coding(resource -> 'route') ->> 'code' AS route_code,
       coding(resource -> 'route') ->> 'system' AS route_code_system,
       concept_name(resource -> 'route') AS route_name,
       coalesce(resource #>> '{manufacturer,display}', resource #>> '{manufacturer,reference,display}',
                (SELECT organization.resource ->> 'name' FROM organization
                 WHERE organization.id = ref_id(immunization.resource -> 'manufacturer')))
         AS manufacturer,
       resource ->> 'lotNumber' AS lot_number,
       concept_name(resource -> 'statusReason') AS reason_not_given
FROM immunization
CROSS JOIN LATERAL (SELECT coding(resource -> 'vaccineCode', 'http://hl7.org/fhir/sid/cvx')) AS read (told)
WHERE visit = ANY ($1) -- @summary WHERE summary = ANY ($1)
  AND coalesce(resource ->> 'status', '') <> 'entered-in-error'
