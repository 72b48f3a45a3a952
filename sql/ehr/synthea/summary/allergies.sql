-- The allergies that a patient has; sections/allergies.sql says how Synthea's exports write them. Found through the encounters,
-- because the tables have an index on those.
-- $1 text[]: ids of patients. One row per reaction of an allergy, or per allergy without one.
SELECT encounters.patient AS patient_id,
       allergies.code AS substance_code,
       CASE
         WHEN nullif(allergies.system, 'Unknown') IS NOT NULL THEN allergies.system
         WHEN allergies.system IS NULL OR allergies.description ~ '\([a-z /]+\)$' THEN 'SNOMED CT'
         WHEN allergies.category = 'medication' THEN 'RxNorm'
       END AS substance_code_system,
       allergies.description AS substance_name,
       concat_ws(' ', CASE allergies.category WHEN 'food' THEN 'food' WHEN 'medication' THEN 'drug' END,
                 coalesce(allergies.type, 'allergy')) AS type,
       'active' AS status,
       allergies.start AS started_at,
       reaction.code AS reaction_code,
       CASE WHEN reaction.code IS NOT NULL THEN 'SNOMED CT' END AS reaction_code_system,
       reaction.name AS reaction_name,
       lower(reaction.severity) AS reaction_severity
FROM encounters
JOIN allergies ON allergies.encounter = encounters.id AND allergies.stop IS NULL
LEFT JOIN LATERAL (VALUES (allergies.reaction1, allergies.description1, allergies.severity1),
                          (allergies.reaction2, allergies.description2, allergies.severity2))
       AS reaction (code, name, severity) ON reaction.code IS NOT NULL OR reaction.name IS NOT NULL
WHERE encounters.patient = ANY($1)
