-- Vaccines of the visit by CVX code, and those that were refused or not given.
SELECT e.encounter AS encounter_id,
       i.administered_date AS given_at,
       i.cvx_code AS code,
       'CVX' AS code_system,
       CASE WHEN i.completion_status IN ('Refused', 'Not_Administered') OR i.refusal_reason <> '' THEN 'not done' ELSE 'completed' END AS status,
       REPLACE(NULLIF(i.refusal_reason, ''), '_', ' ') AS reason_not_given,
       i.amount_administered AS dose,
       NULLIF(i.amount_administered_unit, '') AS dose_units,
       NULLIF(i.route, '') AS route_name,
       NULLIF(i.manufacturer, '') AS manufacturer,
       NULLIF(i.lot_number, '') AS lot_number
FROM form_encounter AS e
JOIN immunizations AS i ON i.patient_id = e.pid AND i.encounter_id = e.encounter AND i.added_erroneously = 0
WHERE e.encounter IN ($1)
