-- Vaccines given in the visit, by CVX code.
SELECT e.encounter AS encounter_id,
       i.administered_date AS given_at,
       i.cvx_code AS code,
       'CVX' AS code_system,
       'completed' AS status,
       i.amount_administered AS dose,
       NULLIF(i.amount_administered_unit, '') AS dose_units,
       NULLIF(i.route, '') AS route_name,
       NULLIF(i.manufacturer, '') AS manufacturer,
       NULLIF(i.lot_number, '') AS lot_number
FROM form_encounter AS e
JOIN immunizations AS i ON i.patient_id = e.pid AND i.encounter_id = e.encounter AND i.added_erroneously = 0
WHERE e.encounter IN ($1)
