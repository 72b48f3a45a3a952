-- Allergies belong to a patient. A visit has those that were recorded by the day after its end.
SELECT e.encounter AS encounter_id,
       l.title AS substance_name,
       CASE WHEN l.activity = 1 THEN 'active' ELSE 'inactive' END AS status,
       l.begdate AS started_at,
       l.enddate AS ended_at,
       NULLIF(l.severity_al, '') AS severity,
       NULLIF(l.reaction, '') AS reaction_name,
       NULLIF(l.comments, '') AS comment
FROM form_encounter AS e
JOIN lists AS l ON l.pid = e.pid AND l.type = 'allergy' AND l.date <= COALESCE(e.date_end, e.date) + INTERVAL 1 DAY
  AND COALESCE(l.verification, '') NOT IN ('refuted', 'entered-in-error')
WHERE e.encounter IN ($1)
