-- The visits of the demo clinic, in every state. Times are as on the wall in America/Chicago. The note's
-- version rises with every change of what is charted at the visit, so nothing of sections/ need be read to see one.
-- One row per visit.
SELECT
  visit.visit_id AS encounter_id,
  visit.person_id AS patient_id,
  visit.changed_at AS updated_at,
  CASE department.visit_kind
    WHEN 'OV' THEN 'outpatient'
    WHEN 'IP' THEN 'inpatient'
    WHEN 'ED' THEN 'emergency'
    WHEN 'HH' THEN 'home'
    WHEN 'TV' THEN 'virtual'
    ELSE 'other'
  END AS class,
  CASE visit.state
    WHEN 'SCHED' THEN 'planned'
    WHEN 'ARRIVED' THEN 'open'
    WHEN 'DONE' THEN 'finished'
    ELSE 'cancelled'
  END AS status,
  visit.began_at AS started_at,
  visit.ended_at AS ended_at,
  visit.billing_code AS type_code,
  '2.16.840.1.113883.6.12' AS type_code_system, -- CPT
  visit.billing_name AS type_name,
  visit.complaint_code AS reason_code,
  '2.16.840.1.113883.6.90' AS reason_code_system, -- ICD-10-CM
  visit.complaint_name AS reason_name,
  facility.facility_code AS facility_id,
  facility.name AS facility_name,
  department.name AS department,
  practitioner.practitioner_id AS provider_id,
  practitioner.npi AS provider_npi,
  practitioner.given_name AS provider_first_name,
  practitioner.family_name AS provider_last_name,
  visit.disposition_code AS discharge_disposition,
  visit.note_version AS clinical_version
FROM clinic.visit
JOIN clinic.department USING (department_id)
JOIN clinic.facility USING (facility_code)
LEFT JOIN clinic.practitioner USING (practitioner_id)
-- @by_id WHERE visit.visit_id = ANY ($1::text[]::bigint[])
