-- Insurances in force when the visit began. One row per plan and visit.
SELECT v.visit_occurrence_id AS encounter_id,
       coalesce(plan.concept_name, r.plan_source_value) AS plan_name,
       coalesce(payer.concept_name, r.payer_source_value) AS company_name,
       r.payer_plan_period_start_date AS effective_date,
       r.payer_plan_period_end_date AS expiration_date
FROM visit_occurrence AS v
JOIN payer_plan_period AS r ON r.person_id = v.person_id
  AND v.visit_start_date BETWEEN r.payer_plan_period_start_date AND r.payer_plan_period_end_date
LEFT JOIN concept AS plan ON plan.concept_id = r.plan_concept_id AND r.plan_concept_id <> 0
LEFT JOIN concept AS payer ON payer.concept_id = r.payer_concept_id AND r.payer_concept_id <> 0
WHERE v.visit_occurrence_id = ANY ($1::text[]::bigint[])
