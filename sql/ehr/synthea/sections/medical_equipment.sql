-- Synthea's devices. Its UDIs are GS1's, with what they say in brackets: (01) model, (10) lot, (21) serial number. The dates in
-- them have years of two digits and are left in them. What was used up (supplies.csv) is no equipment of the patient.
-- $1 text[]: ids of encounters. One row per device.
SELECT encounter AS encounter_id,
       code,
       'SNOMED CT' AS code_system,
       description AS name,
       CASE WHEN stop IS NULL THEN 'active' ELSE 'completed' END AS status,
       start AS started_at,
       udi,
       substring(udi FROM '\(01\)([0-9]{14})') AS device_identifier,
       CASE WHEN udi ~ '\(01\)[0-9]{14}' THEN 'GS1' END AS issuer,
       substring(udi FROM '\(10\)([^()]+)') AS lot_number,
       substring(udi FROM '\(21\)([^()]+)') AS serial_number
FROM devices
WHERE encounter = ANY($1)
