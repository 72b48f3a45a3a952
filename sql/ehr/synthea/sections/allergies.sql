-- Synthea's allergies, under the visit at which they were found. Older exports lack SYSTEM, TYPE and the reactions; newer ones
-- write the SYSTEM as Unknown: then a name with SNOMED CT's tag at its end, and all of the older ones, are SNOMED CT, and a
-- medication without a tag is RxNorm.
-- $1 text[]: ids of encounters. One row per reaction of an allergy, or per allergy without one.
SELECT allergies.encounter AS encounter_id,
       allergies.code AS substance_code,
       CASE
         WHEN nullif(allergies.system, 'Unknown') IS NOT NULL THEN allergies.system
         WHEN allergies.system IS NULL OR allergies.description ~ '\([a-z /]+\)$' THEN 'SNOMED CT'
         WHEN allergies.category = 'medication' THEN 'RxNorm'
       END AS substance_code_system,
       allergies.description AS substance_name,
       concat_ws(' ', CASE allergies.category WHEN 'food' THEN 'food' WHEN 'medication' THEN 'drug' END,
                 coalesce(allergies.type, 'allergy')) AS type,
       CASE WHEN allergies.stop IS NULL THEN 'active' ELSE 'resolved' END AS status,
       allergies.start AS started_at,
       allergies.stop AS ended_at,
       reaction.code AS reaction_code,
       CASE WHEN reaction.code IS NOT NULL THEN 'SNOMED CT' END AS reaction_code_system,
       reaction.name AS reaction_name,
       lower(reaction.severity) AS reaction_severity
FROM allergies
LEFT JOIN LATERAL (VALUES (allergies.reaction1, allergies.description1, allergies.severity1),
                          (allergies.reaction2, allergies.description2, allergies.severity2))
       AS reaction (code, name, severity) ON reaction.code IS NOT NULL OR reaction.name IS NOT NULL
WHERE allergies.encounter = ANY($1)
