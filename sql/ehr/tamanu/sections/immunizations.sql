-- Vaccines given in the visit, and those not given with their reason. One row per dose.
SELECT v.encounter_id,
       v.date AS given_at,
       drug.code,
       coalesce(nullif(v.vaccine_name, ''), s.label, drug.name) AS name,
       CASE v.status WHEN 'GIVEN' THEN 'completed' ELSE 'not done' END AS status,
       nullif(v.vaccine_brand, '') AS manufacturer,
       nullif(v.batch, '') AS lot_number,
       coalesce(why.name, v.reason) AS reason_not_given
FROM administered_vaccines AS v
LEFT JOIN scheduled_vaccines AS s ON s.id = v.scheduled_vaccine_id
LEFT JOIN reference_data AS drug ON drug.id = s.vaccine_id
LEFT JOIN reference_data AS why ON why.id = v.not_given_reason_id
WHERE v.encounter_id = ANY ($1) AND v.deleted_at IS NULL AND v.status IN ('GIVEN', 'NOT_GIVEN')
