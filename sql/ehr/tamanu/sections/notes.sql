-- Notes of the visit in their last revision, without those that Tamanu writes itself, and the texts of imaging. One row per note.
SELECT n.record_id AS encounter_id,
       'note' AS kind,
       n.date AS written_at,
       n.note_type AS title,
       'final' AS status,
       n.content AS text
FROM notes AS n
WHERE n.record_type = 'Encounter' AND n.record_id = ANY ($1) AND n.note_type IS DISTINCT FROM 'system' AND n.visibility_status = 'current'
  AND n.deleted_at IS NULL AND n.content <> ''
  -- An edit is a row of its own that names the first one.
  AND NOT EXISTS (SELECT FROM notes AS later
                  WHERE later.record_id = n.record_id AND later.deleted_at IS NULL
                    AND coalesce(later.revised_by_id, later.id) = coalesce(n.revised_by_id, n.id)
                    AND (later.date, later.revised_by_id IS NOT NULL, later.id) > (n.date, n.revised_by_id IS NOT NULL, n.id))
UNION ALL
SELECT i.encounter_id, 'note', r.completed_at, i.imaging_type, 'final', r.description
FROM imaging_requests AS i
JOIN imaging_results AS r ON r.imaging_request_id = i.id AND r.deleted_at IS NULL AND r.visibility_status = 'current'
WHERE i.encounter_id = ANY ($1) AND i.deleted_at IS NULL AND r.description <> ''
  AND i.status NOT IN ('deleted', 'entered_in_error', 'cancelled')
