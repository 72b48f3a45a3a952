-- Synthea's observations that tell how a patient lives; landing/observations.sql says which they are.
-- Smoking status (LOINC 72166-2) is told as the habit itself, in the SNOMED CT codes of C-CDA's value set for it; Synthea has
-- changed its words for them over the years. A word that is none of them stays an answer to the question.
-- $1 text[]: ids of encounters. One row per value observed.
SELECT observations.encounter AS encounter_id,
       CASE WHEN habit.code IS NULL THEN 'observation' ELSE 'tobacco' END AS kind,
       coalesce(habit.code, observations.code) AS code,
       CASE
         WHEN habit.code IS NOT NULL THEN 'SNOMED CT'
         WHEN observations.code ~ '^[0-9]+-[0-9]$' THEN 'LOINC'
       END AS code_system,
       CASE WHEN habit.code IS NULL THEN observations.description ELSE observations.value END AS name,
       CASE WHEN habit.code IS NULL THEN observations.value END AS value,
       CASE WHEN habit.code IS NULL THEN nullif(observations.units, 'null') END AS units,
       CASE WHEN habit.code IS NOT NULL THEN true END AS smoking_status,
       observations.date AS started_at
FROM observations
LEFT JOIN (VALUES ('Never smoker', '266919005'),
                  ('Never smoked tobacco (finding)', '266919005'),
                  ('Former smoker', '8517006'),
                  ('Ex-smoker (finding)', '8517006'),
                  ('Current every day smoker', '449868002'),
                  ('Smokes tobacco daily (finding)', '449868002'),
                  ('Current some day smoker', '428041000124106'),
                  ('Occasional tobacco smoker (finding)', '428041000124106')) AS habit (name, code)
       ON observations.code = '72166-2' AND habit.name = observations.value
WHERE observations.encounter = ANY($1) AND observations.section = 'social_history'
