-- CareTeam: its members that are practitioners, by themselves or in a role. Patients and their relatives in it are left out.
-- $1 text[]: ids of visits. One row per member and role.
SELECT careteam.visit AS encounter_id, -- @summary SELECT careteam.summary AS patient_id,
       careteam.id AS team_id,
       coalesce(careteam.resource ->> 'name', concept_name(first_of(careteam.resource -> 'category'))) AS team_name,
       careteam.resource ->> 'status' AS team_status,
       practitioner.resource #>> '{name,0,given,0}' AS first_name,
       coalesce(practitioner.resource #>> '{name,0,family}', practitioner.resource #>> '{name,0,text}', participant #>> '{member,display}') AS last_name,
       identifier_of(practitioner.resource, 'http://hl7.org/fhir/sid/us-npi') AS npi,
       told ->> 'code' AS role_code,
       told ->> 'system' AS role_code_system,
       concept_name(role) AS role_name,
       whole_day(participant #>> '{period,start}') AS started_at,
       whole_day(participant #>> '{period,end}') AS ended_at,
       telecom(practitioner.resource, 'phone', 'work') AS phone,
       telecom(practitioner.resource, 'email', NULL) AS email
FROM careteam
CROSS JOIN LATERAL elements(careteam.resource -> 'participant') AS participant
LEFT JOIN practitionerrole ON ref_type(participant -> 'member') = 'PractitionerRole' AND practitionerrole.id = ref_id(participant -> 'member')
LEFT JOIN practitioner ON practitioner.id = coalesce(ref_id(practitionerrole.resource -> 'practitioner'), ref_id(participant -> 'member'))
LEFT JOIN LATERAL elements(participant -> 'role') AS role ON true
CROSS JOIN LATERAL (SELECT coding(role, 'http://snomed.info/sct')) AS read (told)
WHERE careteam.visit = ANY ($1) -- @summary WHERE careteam.summary = ANY ($1)
  AND ref_type(participant -> 'member') LIKE 'Practitioner%'
  AND coalesce(careteam.resource ->> 'status', '') NOT IN ('entered-in-error', 'proposed')
