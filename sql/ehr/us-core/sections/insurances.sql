-- Coverage that was in force when the visit began; of one without a period, that is active now.
-- $1 text[]: ids of visits. One row per coverage and visit.
SELECT encounter.visit AS encounter_id,
       coverage.resource ->> 'order' AS priority,
       -- R5 has an identifier.
       coalesce(plan #>> '{value,value}', plan ->> 'value') AS plan_id,
       coalesce(plan ->> 'name', concept_name(coverage.resource -> 'type')) AS plan_name,
       concept_name(coverage.resource -> 'type') AS plan_type,
       payer.id AS company_id,
       coalesce(payer.resource ->> 'name', coverage.resource #>> '{payor,0,display}', coverage.resource #>> '{insurer,display}') AS company_name,
       payer.resource #>> '{telecom,0,value}' AS company_phone,
       (SELECT item ->> 'value' FROM elements(coverage.resource -> 'identifier') AS item
        WHERE has_code(item -> 'type', 'MB') LIMIT 1) AS member_number,
       coalesce(coverage.resource ->> 'subscriberId', coverage.resource #>> '{subscriberId,0,value}') AS policy_number,
       coalesce(grp #>> '{value,value}', grp ->> 'value') AS group_number,
       grp ->> 'name' AS group_name,
       left(coverage.resource #>> '{period,start}', 10) AS effective_date,
       left(coverage.resource #>> '{period,end}', 10) AS expiration_date,
       coding(coverage.resource -> 'relationship') ->> 'code' AS insured_relationship
FROM encounter
JOIN coverage ON coverage.patient = encounter.patient
LEFT JOIN organization AS payer ON payer.id = ref_id(coalesce(coverage.resource #> '{payor,0}', coverage.resource -> 'insurer'))
LEFT JOIN LATERAL (SELECT item FROM elements(coverage.resource -> 'class') AS item WHERE has_code(item -> 'type', 'plan') LIMIT 1) AS p (plan) ON true
LEFT JOIN LATERAL (SELECT item FROM elements(coverage.resource -> 'class') AS item WHERE has_code(item -> 'type', 'group') LIMIT 1) AS g (grp) ON true
WHERE encounter.visit = ANY ($1) AND is_covered(coverage.resource, encounter.resource)
