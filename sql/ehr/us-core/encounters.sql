-- Visits of a US Core export; R4 and R5 names of statuses, and class as Coding (R4) or list of CodeableConcept (R5).
-- Class: HL7's ActCode; of a vendor's own system (Epic) its words and those of the type. To change that, write a CASE in its place.
-- `unknown` and no status: finished once the period has ended. A `discharged` visit of R5 is over for the patient.
-- Clinician: attending, then primary performer, then discharger, then the first. NPI from Practitioner.
-- encounter_id: FHIR's id, or the identifier of FHIR_VISIT_SYSTEM. clinical_version: of all that belongs to the visit.
-- One row per visit.
SELECT encounter.visit AS encounter_id,
       encounter.patient AS patient_id,
       greatest(encounter.updated_at, content.updated_at, facility.updated_at, place.updated_at, clinician.updated_at) AS updated_at,
       visit_class(encounter.resource) AS class,
       CASE
         WHEN encounter.resource ->> 'status' IN ('finished', 'completed', 'discharged') THEN 'finished'
         WHEN encounter.resource ->> 'status' IN ('cancelled', 'entered-in-error', 'discontinued') THEN 'cancelled'
         WHEN encounter.resource ->> 'status' = 'planned' THEN 'planned'
         WHEN encounter.resource ->> 'status' IN ('arrived', 'triaged', 'in-progress', 'onleave', 'on-hold') THEN 'open'
         WHEN period ->> 'end' IS NOT NULL THEN 'finished'
         ELSE 'open'
       END AS status,
       whole_day(period ->> 'start') AS started_at,
       whole_day(period ->> 'end') AS ended_at,
       type_coding ->> 'code' AS type_code,
       type_coding ->> 'system' AS type_code_system,
       concept_name(type) AS type_name,
       reason_coding ->> 'code' AS reason_code,
       reason_coding ->> 'system' AS reason_code_system,
       concept_name(reason) AS reason_name,
       facility.id AS facility_id,
       coalesce(facility.resource ->> 'name', encounter.resource #>> '{serviceProvider,display}') AS facility_name,
       coalesce(place.resource ->> 'name', place.display) AS department,
       clinician.id AS provider_id,
       clinician.npi AS provider_npi,
       clinician.resource #>> '{name,0,given,0}' AS provider_first_name,
       coalesce(clinician.resource #>> '{name,0,family}', clinician.resource #>> '{name,0,text}', clinician.display) AS provider_last_name,
       coalesce(coding(disposition, 'https://www.nubc.org/CodeSystem/PatDischargeStatus',
                       'http://www.nubc.org/patient-discharge') ->> 'code', concept_name(disposition)) AS discharge_disposition,
       content.version AS clinical_version,
       (SELECT nullif(string_agg(item #>> '{}', ', ' ORDER BY nth), '')
        FROM jsonb_array_elements(CASE jsonb_typeof(clinician.resource #> '{name,0,suffix}') WHEN 'array'
                                       THEN clinician.resource #> '{name,0,suffix}' ELSE '[]' END)
             WITH ORDINALITY AS suffixes (item, nth)) AS provider_credentials,
       specialty_coding ->> 'code' AS provider_specialty_code,
       specialty_coding ->> 'system' AS provider_specialty_code_system,
       concept_name(clinician.specialty) AS provider_specialty_name,
       coalesce(telecom(clinician.resource, 'phone', 'work'), telecom(clinician.role, 'phone', 'work')) AS provider_phone,
       coalesce(telecom(clinician.resource, 'email', NULL), telecom(clinician.role, 'email', NULL)) AS provider_email,
       address_line(clinician.address) AS provider_street_address,
       clinician.address ->> 'city' AS provider_city,
       clinician.address ->> 'state' AS provider_state,
       clinician.address ->> 'postalCode' AS provider_zip,
       clinician.address ->> 'district' AS provider_county,
       clinician.address ->> 'country' AS provider_country,
       identifier_of(facility.resource, 'http://hl7.org/fhir/sid/us-npi') AS facility_npi,
       facility_coding ->> 'code' AS facility_type_code,
       facility_coding ->> 'system' AS facility_type_code_system,
       concept_name(first_of(place.resource -> 'type')) AS facility_type_name,
       telecom(facility.resource, 'phone', NULL) AS facility_phone,
       address_line(facility.address) AS facility_street_address,
       facility.address ->> 'city' AS facility_city,
       facility.address ->> 'state' AS facility_state,
       facility.address ->> 'postalCode' AS facility_zip,
       facility.address ->> 'country' AS facility_country,
       CASE WHEN has_code(place.resource -> 'physicalType', 'ro', 'bd') OR has_code(place.resource -> 'form', 'ro', 'bd')
            THEN place.resource ->> 'name' END AS room,
       (SELECT item ->> 'code' FROM elements(encounter.resource #> '{meta,security}') AS item
        WHERE item ->> 'code' IN ('U', 'L', 'M', 'N', 'R', 'V') LIMIT 1) AS confidentiality
FROM (
  SELECT encounter.visit, encounter.patient, encounter.updated_at, encounter.resource,
         coalesce(resource -> 'period', resource -> 'actualPeriod') AS period,
         first_of(resource -> 'type') AS type,
         coalesce(resource #> '{hospitalization,dischargeDisposition}', resource #> '{admission,dischargeDisposition}') AS disposition
  FROM encounter
) AS encounter
CROSS JOIN LATERAL (
  -- R4 reasonCode, R5 reason[].value[].concept; else the condition that it refers to. OFFSET 0: looked up once.
  SELECT coalesce(resource #> '{reasonCode,0}', resource #> '{reason,0,value,0,concept}',
                  (SELECT condition.resource -> 'code' FROM condition
                   WHERE condition.id = ref_id(coalesce(encounter.resource #> '{reasonReference,0}', encounter.resource #> '{reason,0,value,0}'))))
  OFFSET 0
) AS of_visit (reason)
CROSS JOIN LATERAL (SELECT coding(type, 'http://www.ama-assn.org/go/cpt', 'http://snomed.info/sct'),
                           coding(reason, 'http://hl7.org/fhir/sid/icd-10-cm', 'http://snomed.info/sct'))
  AS read (type_coding, reason_coding)
LEFT JOIN LATERAL (
  SELECT location.resource, location.updated_at, item #>> '{location,display}' AS display
  FROM elements(encounter.resource -> 'location') WITH ORDINALITY AS of_visit (item, nth)
  LEFT JOIN location ON location.id = ref_id(item -> 'location')
  ORDER BY array_position(ARRAY['active', 'completed'], item ->> 'status') NULLS LAST, nth LIMIT 1
) AS place ON true
LEFT JOIN LATERAL (
  -- The organisation that provides it, else the one that manages the place.
  SELECT coalesce(organization.id, own.id) AS id, organization.resource, organization.updated_at,
         coalesce(first_of(organization.resource -> 'address'), first_of(place.resource -> 'address')) AS address
  FROM (SELECT coalesce(ref_id(encounter.resource -> 'serviceProvider'), ref_id(place.resource -> 'managingOrganization'))) AS own (id)
  LEFT JOIN organization ON organization.id = own.id
) AS facility ON true
LEFT JOIN LATERAL (
  SELECT coalesce(practitioner.id, ref_id(practitionerrole.resource -> 'practitioner'), ref_id(person)) AS id,
         practitioner.resource, greatest(practitioner.updated_at, practitionerrole.updated_at) AS updated_at, practitionerrole.resource AS role, person ->> 'display' AS display,
         identifier_of(practitioner.resource, 'http://hl7.org/fhir/sid/us-npi') AS npi,
         first_of(practitioner.resource -> 'address') AS address,
         first_of(practitionerrole.resource -> 'specialty') AS specialty
  FROM elements(encounter.resource -> 'participant') WITH ORDINALITY AS of_visit (item, nth)
  CROSS JOIN LATERAL (SELECT coalesce(item -> 'individual', item -> 'actor')) AS who (person)
  LEFT JOIN practitionerrole ON ref_type(person) = 'PractitionerRole' AND practitionerrole.id = ref_id(person)
  LEFT JOIN practitioner
         ON practitioner.id = coalesce(ref_id(practitionerrole.resource -> 'practitioner'), ref_id(person))
  WHERE person IS NOT NULL AND (person ->> 'reference' IS NULL OR ref_type(person) LIKE 'Practitioner%')
  ORDER BY CASE WHEN has_code(item -> 'type', 'ATND') THEN 1 WHEN has_code(item -> 'type', 'PPRF') THEN 2
                WHEN has_code(item -> 'type', 'DIS') THEN 3 ELSE 4 END, nth
  LIMIT 1
) AS clinician ON true
CROSS JOIN LATERAL (SELECT coding(clinician.specialty, 'http://nucc.org/provider-taxonomy'),
                           coding(first_of(place.resource -> 'type'), 'http://snomed.info/sct')) AS codings (specialty_coding, facility_coding)
LEFT JOIN visit_content AS content ON content.visit = encounter.visit
-- Visits of test patients, where the server marks these.
WHERE NOT EXISTS (SELECT FROM patient WHERE patient.id = encounter.patient AND is_test(patient.resource))
