-- The clinical note of a visit is amended; nothing else of it changes.
-- $1 visit, $2 when, or null for now. One row: whether there was such a visit.
WITH amended AS (
  UPDATE clinic.visit
  SET note_version = note_version + 1, changed_at = coalesce($2::timestamptz, now())
  WHERE visit_id = $1::bigint
  RETURNING visit_id
)
SELECT EXISTS (SELECT FROM amended) AS is_found
