-- Procedures of the visit. One row per procedure.
SELECT p.encounter_id,
       'procedure' AS kind,
       r.code,
       CASE WHEN r.code ~ '^[0-9]{4}[0-9A-Z]$' THEN 'CPT' END AS code_system,
       r.name,
       coalesce(p.start_time, p.date) AS performed_at,
       CASE WHEN p.completed THEN 'completed' ELSE 'active' END AS status,
       nullif(concat_ws(E'\n', nullif(p.note, ''), nullif(p.completed_note, '')), '') AS comment
FROM procedures AS p
LEFT JOIN reference_data AS r ON r.id = p.procedure_type_id
WHERE p.encounter_id = ANY ($1) AND p.deleted_at IS NULL
