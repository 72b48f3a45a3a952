-- The patients of open calls, whose merges are asked for with them: one who was merged meanwhile is told so. Takes no parameters.
-- One row per patient.
SELECT DISTINCT entity_id FROM call WHERE is_open AND entity IN ('patient', 'merge')
