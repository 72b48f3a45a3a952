-- Why a patient was taken in: Encounter.diagnosis of use AD; where there is none, the reason of an inpatient stay.
-- $1 text[]: ids of visits. One row per diagnosis.
WITH stay AS (
  SELECT visit, resource FROM encounter
  WHERE visit = ANY ($1) AND visit_class(resource) = 'inpatient'
),
admitting AS (
  SELECT stay.visit, coalesce(condition.resource -> 'code', item #> '{condition,0,concept}') AS concept
  FROM stay, elements(stay.resource -> 'diagnosis') AS item
  LEFT JOIN condition ON condition.id = ref_id(first_of(item -> 'condition'))
  WHERE has_code(item -> 'use', 'AD')
)
SELECT visit AS encounter_id, told ->> 'code' AS code, told ->> 'system' AS code_system, concept_name(concept) AS name
FROM (
  SELECT visit, concept FROM admitting WHERE concept IS NOT NULL
  UNION ALL
  SELECT stay.visit, reason FROM stay, elements(coalesce(stay.resource -> 'reasonCode', stay.resource #> '{reason,0,value,0,concept}')) AS reason
  WHERE NOT EXISTS (SELECT FROM admitting WHERE admitting.visit = stay.visit)
) AS either
CROSS JOIN LATERAL (SELECT coding(concept, 'http://hl7.org/fhir/sid/icd-10-cm', 'http://snomed.info/sct')) AS read (told)
