-- Further identifiers in force whose system is an OID: the type at Redox is that OID. The MRN and social security numbers are none of them.
-- $1 text[]: ids of patients. One row per identifier.
SELECT patient.id AS patient_id,
       item ->> 'value' AS id,
       substring(item ->> 'system' FROM '^urn:oid:([0-9.]+)$') AS type
FROM patient
CROSS JOIN site
CROSS JOIN LATERAL elements(resource -> 'identifier') AS item
WHERE patient.id = ANY ($1) AND item ->> 'value' <> '' AND in_force(item)
  AND item ->> 'system' ~ '^urn:oid:[0-9.]+$' AND item ->> 'system' <> 'urn:oid:2.16.840.1.113883.4.1'
  AND CASE WHEN site.mrn_system IS NULL THEN NOT has_code(item -> 'type', 'MR')
           ELSE item ->> 'system' NOT IN (site.mrn_system, 'urn:oid:' || site.mrn_system) END
