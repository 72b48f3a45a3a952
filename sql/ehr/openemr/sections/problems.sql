-- Problems belong to a patient. A visit has those that were recorded by the day after its end. `diagnosis` is `ICD10:I10`, or several with `;`.
SELECT e.encounter AS encounter_id,
       NULLIF(SUBSTRING_INDEX(SUBSTRING_INDEX(l.diagnosis, ';', 1), ':', -1), '') AS code,
       CASE SUBSTRING_INDEX(l.diagnosis, ':', 1) WHEN 'ICD10' THEN 'ICD-10-CM' WHEN 'ICD9' THEN 'ICD-9-CM'
            WHEN 'SNOMED-CT' THEN 'SNOMED CT' WHEN 'SNOMED' THEN 'SNOMED CT' WHEN '' THEN NULL ELSE SUBSTRING_INDEX(l.diagnosis, ':', 1) END AS code_system,
       l.title AS name,
       CASE WHEN l.enddate IS NULL THEN 'active' ELSE 'resolved' END AS status,
       l.begdate AS started_at,
       l.enddate AS ended_at,
       NULLIF(l.comments, '') AS comment
FROM form_encounter AS e
JOIN lists AS l ON l.pid = e.pid AND l.type = 'medical_problem' AND l.date <= COALESCE(e.date_end, e.date) + INTERVAL 1 DAY
  AND COALESCE(l.verification, '') NOT IN ('refuted', 'entered-in-error')
WHERE e.encounter IN ($1)
