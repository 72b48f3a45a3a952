-- Notes of the visit. One row per note.
SELECT r.visit_occurrence_id AS encounter_id,
       'note' AS kind,
       coalesce(nullif(r.note_datetime, r.note_date)::text, r.note_date::text) AS written_at,
       coalesce(nullif(r.note_title, ''), c.concept_name) AS title,
       'final' AS status,
       r.note_text AS text
FROM note AS r
LEFT JOIN concept AS c ON c.concept_id = r.note_class_concept_id AND r.note_class_concept_id <> 0
WHERE r.visit_occurrence_id = ANY ($1::text[]::bigint[]) AND r.note_text <> ''
