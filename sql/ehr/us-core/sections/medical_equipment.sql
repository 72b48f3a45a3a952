-- Device: in US Core the implanted ones. It says no date, so it stands under the patient's first visit.
-- $1 text[]: ids of visits. One row per device.
SELECT visit AS encounter_id, -- @summary SELECT summary AS patient_id,
       told ->> 'code' AS code,
       told ->> 'system' AS code_system,
       concept_name(coalesce(resource #> '{type,0}', resource -> 'type')) AS name,
       CASE resource ->> 'status' WHEN 'inactive' THEN 'completed' ELSE resource ->> 'status' END AS status,
       resource #>> '{udiCarrier,0,carrierHRF}' AS udi,
       resource #>> '{udiCarrier,0,deviceIdentifier}' AS device_identifier,
       CASE resource #>> '{udiCarrier,0,issuer}' WHEN 'http://hl7.org/fhir/NamingSystem/gs1' THEN 'GS1'
            WHEN 'http://hl7.org/fhir/NamingSystem/gs1-di' THEN 'GS1' WHEN 'http://hl7.org/fhir/NamingSystem/hibcc' THEN 'HIBCC'
            WHEN 'http://hl7.org/fhir/NamingSystem/iccbba-blood' THEN 'ICCBBA' ELSE resource #>> '{udiCarrier,0,issuer}' END AS issuer,
       (SELECT coalesce(item ->> 'name', item ->> 'value') FROM elements(coalesce(resource -> 'deviceName', resource -> 'name')) AS item ORDER BY item ->> 'type' = 'manufacturer-name' DESC LIMIT 1) AS brand_name,
       resource ->> 'modelNumber' AS model_number,
       resource ->> 'serialNumber' AS serial_number,
       resource ->> 'lotNumber' AS lot_number,
       resource ->> 'manufacturer' AS manufacturer,
       whole_day(resource ->> 'manufactureDate') AS manufactured_at,
       whole_day(resource ->> 'expirationDate') AS expires_at,
       resource ->> 'distinctIdentifier' AS distinct_id,
       coding(safety) ->> 'code' AS safety_code,
       coding(safety) ->> 'system' AS safety_code_system,
       concept_name(safety) AS safety_name,
       note_text(resource) AS comment
FROM device
CROSS JOIN LATERAL (SELECT coding(coalesce(resource #> '{type,0}', resource -> 'type'), 'http://snomed.info/sct')) AS read (told)
LEFT JOIN LATERAL elements(resource -> 'safety') AS safety ON true
WHERE visit = ANY ($1) -- @summary WHERE summary = ANY ($1)
  AND patient IS NOT NULL AND coalesce(resource ->> 'status', '') <> 'entered-in-error'
