-- SOAP notes of the visit, each part a note.
SELECT e.encounter AS encounter_id,
       k.kind,
       s.date AS written_at,
       CASE k.kind WHEN 'subjective' THEN s.subjective WHEN 'objective' THEN s.objective ELSE NULLIF(CONCAT_WS('\n', NULLIF(s.assessment, ''), NULLIF(s.plan, '')), '') END AS text
FROM form_encounter AS e
JOIN forms AS fo ON fo.pid = e.pid AND fo.encounter = e.encounter AND fo.formdir = 'soap' AND fo.deleted = 0
JOIN form_soap AS s ON s.id = fo.form_id
JOIN (SELECT 'subjective' AS kind UNION ALL SELECT 'objective' UNION ALL SELECT 'note') AS k
WHERE e.encounter IN ($1)
  AND CASE k.kind WHEN 'subjective' THEN s.subjective WHEN 'objective' THEN s.objective ELSE CONCAT(COALESCE(s.assessment, ''), COALESCE(s.plan, '')) END <> ''
