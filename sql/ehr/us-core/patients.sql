-- Patients of a US Core export, those that were merged away too (US Core Patient, R4).
-- MRN: the identifier of FHIR_MRN_SYSTEM; where that is not set, one of type MR that is in force, by preference of use `usual`.
-- Names, addresses and numbers in force: none that is old or has ended. Sex is administrative gender, which others search by.
-- Several races are given as such. A date of a year or a month alone is no birth date.
-- summary_version: of the patient's summary, which ends with the first visit that is over.
-- One row per patient.
SELECT patient.id AS patient_id,
       CASE
         WHEN site.mrn_system IS NOT NULL THEN identifier_of(resource, site.mrn_system)
         ELSE (SELECT item ->> 'value'
               FROM elements(resource -> 'identifier') WITH ORDINALITY AS of_mrn (item, place)
               WHERE item ->> 'value' <> '' AND has_code(item -> 'type', 'MR') AND in_force(item)
               ORDER BY (item ->> 'use') = 'usual' DESC NULLS LAST, place
               LIMIT 1)
       END AS mrn,
       greatest(patient.updated_at, content.updated_at) AS updated_at,
       given_names[1] AS first_name,
       nullif(array_to_string(given_names[2:], ' '), '') AS middle_name,
       word(name, 'family') AS last_name,
       left(whole_day(resource ->> 'birthDate'), 10) AS birth_date,
       word(resource, 'gender') AS sex,
       CASE WHEN races.number > 1 THEN 'more than one race' ELSE coalesce(races.code, races.text) END AS race,
       coalesce((SELECT item #>> '{valueCoding,code}' FROM elements(ethnicity -> 'extension') AS item
                 WHERE item ->> 'url' = 'ombCategory' LIMIT 1),
                (SELECT item ->> 'valueString' FROM elements(ethnicity -> 'extension') AS item
                 WHERE item ->> 'url' = 'text' LIMIT 1)) AS ethnicity,
       coalesce(coding(resource -> 'maritalStatus') ->> 'code', concept_name(resource -> 'maritalStatus')) AS marital_status,
       (SELECT coalesce(coding(item -> 'language', 'urn:ietf:bcp:47') ->> 'code', concept_name(item -> 'language'))
        FROM elements(resource -> 'communication') WITH ORDINALITY AS spoken (item, place)
        ORDER BY (item ->> 'preferred') = 'true' DESC NULLS LAST, place LIMIT 1) AS language,
       concept_name(extension(resource, 'http://hl7.org/fhir/StructureDefinition/patient-religion') -> 'valueCodeableConcept')
         AS religion,
       (SELECT item ->> 'value' FROM elements(resource -> 'identifier') AS item
        WHERE item ->> 'system' IN ('http://hl7.org/fhir/sid/us-ssn', 'urn:oid:2.16.840.1.113883.4.1') AND in_force(item)
        LIMIT 1) AS ssn,
       address_line(address) AS street_address,
       word(address, 'city') AS city,
       word(address, 'state') AS state,
       word(address, 'postalCode') AS zip,
       word(address, 'district') AS county,
       word(address, 'country') AS country,
       telecom(resource, 'phone', 'home') AS home_phone,
       telecom(resource, 'phone', 'work') AS office_phone,
       telecom(resource, 'phone', 'mobile') AS mobile_phone,
       telecom(resource, 'email', NULL) AS email,
       coalesce((resource ->> 'deceasedBoolean') = 'true', false) OR coalesce(resource ->> 'deceasedDateTime', '') ~ '^\d{4}' AS deceased,
       whole_day(resource ->> 'deceasedDateTime') AS deceased_at,
       md5((resource -> 'identifier')::text) AS identifiers_version,
       content.version AS summary_version,
       name #>> '{suffix,0}' AS suffix,
       (SELECT item ->> 'family' FROM elements(resource -> 'name') WITH ORDINALITY AS names (item, place)
        WHERE item ->> 'use' IN ('maiden', 'old') AND word(item, 'family') IS NOT NULL ORDER BY item ->> 'use' = 'maiden' DESC, place LIMIT 1) AS former_last_name,
       (SELECT texts(contact #> '{name,given}') LIMIT 1) AS contact_first_name,
       coalesce(word(contact -> 'name', 'family'), word(contact -> 'name', 'text')) AS contact_last_name,
       coalesce(concept_name(relationship), coding(relationship) ->> 'code') AS contact_relation,
       CASE WHEN has_code(contact -> 'relationship', 'C') THEN 'Emergency Contact'
            WHEN has_code(contact -> 'relationship', 'N') THEN 'Next-of-Kin' END AS contact_role,
       telecom(contact, 'phone', 'home') AS contact_home_phone,
       telecom(contact, 'phone', 'work') AS contact_office_phone,
       telecom(contact, 'phone', 'mobile') AS contact_mobile_phone,
       telecom(contact, 'email', NULL) AS contact_email,
       address_line(contact -> 'address') AS contact_street_address,
       contact #>> '{address,city}' AS contact_city,
       contact #>> '{address,state}' AS contact_state,
       contact #>> '{address,postalCode}' AS contact_zip,
       contact #>> '{address,district}' AS contact_county,
       contact #>> '{address,country}' AS contact_country
FROM patient
CROSS JOIN site
LEFT JOIN summary_content AS content ON content.summary = patient.id
LEFT JOIN LATERAL (
  -- By preference one with a family name.
  SELECT item, ARRAY(SELECT texts(item -> 'given'))
  FROM elements(resource -> 'name') WITH ORDINALITY AS names (item, place)
  WHERE coalesce(item ->> 'use', 'usual') IN ('official', 'usual', 'temp') AND in_force(item)
  ORDER BY word(item, 'family') IS NULL, array_position(ARRAY['official', 'usual', 'temp'], coalesce(item ->> 'use', 'usual')), place LIMIT 1
) AS chosen_name (name, given_names) ON true
LEFT JOIN LATERAL (
  SELECT item FROM elements(resource -> 'address') WITH ORDINALITY AS addresses (item, place)
  WHERE coalesce(item ->> 'use', 'home') NOT IN ('old', 'billing') AND in_force(item)
  ORDER BY coalesce(item ->> 'use', 'home') = 'home' DESC, place LIMIT 1
) AS chosen_address (address) ON true
LEFT JOIN LATERAL (
  -- By preference the emergency contact, then the next of kin; a contact without a name is an organisation.
  SELECT item,
         (SELECT kind FROM elements(item -> 'relationship') AS kind WHERE NOT has_code(kind, 'C', 'N', 'E', 'F', 'I', 'S', 'U', 'CP')
          LIMIT 1)
  FROM elements(resource -> 'contact') WITH ORDINALITY AS contacts (item, place)
  WHERE item ? 'name' AND in_force(item)
  ORDER BY has_code(item -> 'relationship', 'C') DESC, has_code(item -> 'relationship', 'N') DESC, place LIMIT 1
) AS chosen_contact (contact, relationship) ON true
LEFT JOIN LATERAL (
  SELECT count(DISTINCT item #>> '{valueCoding,code}') FILTER (WHERE item ->> 'url' = 'ombCategory') AS number,
         min(item #>> '{valueCoding,code}') FILTER (WHERE item ->> 'url' = 'ombCategory') AS code,
         min(item ->> 'valueString') FILTER (WHERE item ->> 'url' = 'text') AS text
  FROM elements(extension(resource, 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-race') -> 'extension') AS item
) AS races ON true
LEFT JOIN LATERAL (SELECT extension(resource, 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-ethnicity')) AS of_group (ethnicity)
  ON true
-- Left out: the stub that some servers give for a patient merged away (replaced-by and no identifier: as a row it would look like another
-- MRN; merges.sql has the merge), and test patients, where the server marks them.
WHERE NOT (resource @> '{"link": [{"type": "replaced-by"}]}'
           AND NOT EXISTS (SELECT FROM elements(resource -> 'identifier') AS item WHERE item ->> 'value' <> ''))
  AND NOT is_test(resource)
