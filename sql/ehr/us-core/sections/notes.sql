-- DocumentReference with its text in it, and text reports of DiagnosticReport. The landing has decoded inline text, HTML and RTF into
-- `landed_text`; other files, and attachments that are only a link, are left out.
-- $1 text[]: ids of visits. One row per note.
SELECT visit AS encounter_id, -- @summary SELECT summary AS patient_id,
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
WHERE visit = ANY ($1) -- @summary WHERE summary = ANY ($1)
  AND coalesce(resource ->> 'status', '') = 'current' AND coalesce(resource ->> 'docStatus', '') <> 'entered-in-error' AND content #>> '{attachment,landed_text}' <> ''
UNION ALL
SELECT visit, -- @summary SELECT summary,
       'note', whole_day(coalesce(resource ->> 'effectiveDateTime', resource ->> 'issued')), told ->> 'code', told ->> 'system',
       concept_name(resource -> 'code'), NULL, resource ->> 'status',
       coalesce(form.words, resource ->> 'conclusion')
FROM diagnosticreport
-- The conclusion once, where no form has text.
LEFT JOIN LATERAL (SELECT item ->> 'landed_text' FROM elements(resource -> 'presentedForm') AS item WHERE item ->> 'landed_text' <> '')
  AS form (words) ON true
CROSS JOIN LATERAL (SELECT coding(resource -> 'code', 'http://loinc.org')) AS read (told)
WHERE visit = ANY ($1) -- @summary WHERE summary = ANY ($1)
  AND coalesce(form.words, resource ->> 'conclusion') <> ''
  AND coalesce(resource ->> 'status', '') NOT IN ('entered-in-error', 'cancelled')
