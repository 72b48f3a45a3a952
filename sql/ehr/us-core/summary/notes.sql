-- As sections/notes.sql, for summaries.
-- $1 text[]: ids of patients. One row per note.
SELECT summary AS patient_id,
       'note' AS kind,
       whole_day(coalesce(resource ->> 'date', resource #>> '{context,period,start}')) AS written_at,
       told ->> 'code' AS code,
       told ->> 'system' AS code_system,
       concept_name(resource -> 'type') AS name,
       resource ->> 'description' AS title,
       coalesce(resource ->> 'docStatus', 'final') AS status,
       content #>> '{attachment,landed_text}' AS text
FROM documentreference
CROSS JOIN LATERAL elements(resource -> 'content') AS content
CROSS JOIN LATERAL (SELECT coding(resource -> 'type', 'http://loinc.org')) AS read (told)
WHERE summary = ANY ($1) AND coalesce(resource ->> 'status', '') = 'current' AND coalesce(resource ->> 'docStatus', '') <> 'entered-in-error' AND content #>> '{attachment,landed_text}' <> ''
UNION ALL
SELECT summary, 'note', whole_day(coalesce(resource ->> 'effectiveDateTime', resource ->> 'issued')), told ->> 'code', told ->> 'system',
       concept_name(resource -> 'code'), NULL, resource ->> 'status',
       coalesce(form.words, resource ->> 'conclusion')
FROM diagnosticreport
-- The conclusion once, where no form has text.
LEFT JOIN LATERAL (SELECT item ->> 'landed_text' FROM elements(resource -> 'presentedForm') AS item WHERE item ->> 'landed_text' <> '')
  AS form (words) ON true
CROSS JOIN LATERAL (SELECT coding(resource -> 'code', 'http://loinc.org')) AS read (told)
WHERE summary = ANY ($1) AND coalesce(form.words, resource ->> 'conclusion') <> ''
  AND coalesce(resource ->> 'status', '') NOT IN ('entered-in-error', 'cancelled')
