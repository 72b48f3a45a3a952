-- Results of laboratories, but of orders that were deleted or cancelled. `result_code` may name its system: `LOINC:2345-7`.
SELECT e.encounter AS encounter_id,
       po.procedure_order_id AS panel_id,
       SUBSTRING_INDEX(r.result_code, ':', -1) AS code,
       CASE WHEN r.result_code LIKE '%:%' THEN SUBSTRING_INDEX(r.result_code, ':', 1) WHEN r.result_code REGEXP '^[0-9]+-[0-9]$' THEN 'LOINC' END AS code_system,
       r.result_text AS name,
       r.date AS observed_at,
       NULLIF(r.result_status, '') AS status,
       NULLIF(r.result, '') AS value,
       NULLIF(r.units, '') AS units,
       CASE r.abnormal WHEN 'no' THEN 'N' WHEN 'yes' THEN 'A' WHEN 'high' THEN 'H' WHEN 'low' THEN 'L' WHEN 'vhigh' THEN 'HH' WHEN 'vlow' THEN 'LL'
            ELSE NULLIF(r.abnormal, '') END AS interpretation,
       NULLIF(r.`range`, '') AS reference_text
FROM form_encounter AS e
JOIN procedure_order AS po ON po.patient_id = e.pid AND po.encounter_id = e.encounter AND COALESCE(po.activity, 1) <> 0 AND COALESCE(po.order_status, '') <> 'canceled'
JOIN procedure_report AS rep ON rep.procedure_order_id = po.procedure_order_id
JOIN procedure_result AS r ON r.procedure_report_id = rep.procedure_report_id
WHERE e.encounter IN ($1)
