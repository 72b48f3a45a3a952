-- AllergyIntolerance, under the visit it names or was recorded at. Refuted and mistaken ones are not told; `No known allergy` is negated.
-- $1 text[]: ids of visits. One row per manifestation of a reaction, or per allergy without one.
SELECT visit AS encounter_id, -- @summary SELECT summary AS patient_id,
       CASE WHEN NOT none_known THEN told ->> 'code' END AS substance_code,
       CASE WHEN NOT none_known THEN told ->> 'system' END AS substance_code_system,
       CASE WHEN NOT none_known THEN concept_name(resource -> 'code') END AS substance_name,
       CASE WHEN NOT none_known THEN other_coding(resource -> 'code', told) ->> 'code' END AS alt_code,
       CASE WHEN NOT none_known THEN other_coding(resource -> 'code', told) ->> 'system' END AS alt_code_system,
       CASE WHEN NOT none_known THEN other_coding(resource -> 'code', told) ->> 'display' END AS alt_name,
       concat_ws(' ', CASE WHEN resource -> 'category' ? 'medication' THEN 'drug' WHEN resource -> 'category' ? 'food' THEN 'food' END,
                 -- R5 has a concept.
                 CASE jsonb_typeof(resource -> 'type') WHEN 'string' THEN resource ->> 'type' WHEN 'object' THEN coding(resource -> 'type') ->> 'code'
                      ELSE 'allergy' END) AS type,
       coalesce(coding(resource -> 'clinicalStatus') ->> 'code', 'active') AS status,
       (SELECT max(item ->> 'severity') FROM elements(resource -> 'reaction') AS item) AS severity,
       replace(resource ->> 'criticality', '-', ' ') AS criticality,
       whole_day(coalesce(resource ->> 'onsetDateTime', resource #>> '{onsetPeriod,start}')) AS started_at,
       none_known AS negated,
       coding(manifestation, 'http://snomed.info/sct') ->> 'code' AS reaction_code,
       coding(manifestation, 'http://snomed.info/sct') ->> 'system' AS reaction_code_system,
       concept_name(manifestation) AS reaction_name,
       reaction ->> 'severity' AS reaction_severity,
       reaction ->> 'description' AS reaction_text,
       note_text(resource) AS comment
FROM allergyintolerance
CROSS JOIN LATERAL (SELECT coding(resource -> 'code', 'http://www.nlm.nih.gov/research/umls/rxnorm', 'http://fdasis.nlm.nih.gov',
                                  'http://snomed.info/sct'),
                           has_code(resource -> 'code', '716186003', '409137002', '428607008', '429625007', '1003774007'))
  AS read (told, none_known)
LEFT JOIN LATERAL elements(resource -> 'reaction') AS reaction ON true
-- R5 has CodeableReference, whose concept is below.
LEFT JOIN LATERAL (SELECT coalesce(item -> 'concept', item) FROM elements(reaction -> 'manifestation') AS item) AS of_reaction (manifestation)
  ON true
WHERE visit = ANY ($1) -- @summary WHERE summary = ANY ($1)
  AND NOT has_code(resource -> 'verificationStatus', 'refuted', 'entered-in-error')
