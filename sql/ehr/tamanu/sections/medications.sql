-- Prescriptions of the visit. One row per prescription.
SELECT ep.encounter_id,
       CASE WHEN ep.is_selected_for_discharge THEN 'discharge' ELSE 'current' END AS kind,
       r.code,
       r.name,
       CASE WHEN p.discontinued THEN 'aborted' ELSE 'active' END AS status,
       coalesce(p.start_date, p.date) AS started_at,
       coalesce(p.discontinued_date, p.end_date) AS ended_at,
       nullif(concat_ws(', ', nullif(p.frequency, ''), nullif(p.notes, '')), '') AS sig,
       p.dose_amount AS dose,
       nullif(p.units, '') AS dose_units,
       nullif(p.route, '') AS route_name,
       p.is_prn AS as_needed,
       p.quantity AS supply_quantity,
       p.repeats AS total_refills,
       nullif(p.indication, '') AS indication_name
FROM encounter_prescriptions AS ep
JOIN prescriptions AS p ON p.id = ep.prescription_id AND p.deleted_at IS NULL
LEFT JOIN reference_data AS r ON r.id = p.medication_id
WHERE ep.encounter_id = ANY ($1) AND ep.deleted_at IS NULL
