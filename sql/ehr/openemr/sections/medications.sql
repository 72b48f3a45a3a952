-- Prescriptions of the visit.
SELECT p.encounter AS encounter_id,
       NULLIF(p.rxnorm_drugcode, '') AS code,
       CASE WHEN NULLIF(p.rxnorm_drugcode, '') IS NOT NULL THEN 'RxNorm' END AS code_system,
       p.drug AS name,
       CASE WHEN p.active = 1 THEN 'active' ELSE 'completed' END AS status,
       p.start_date AS started_at,
       p.end_date AS ended_at,
       NULLIF(CONCAT_WS(' ', NULLIF(p.dosage, ''), NULLIF(p.route, '')), '') AS sig,
       NULLIF(p.quantity, '') AS supply_quantity
FROM form_encounter AS e
JOIN prescriptions AS p ON p.patient_id = e.pid AND p.encounter = e.encounter
WHERE e.encounter IN ($1)
