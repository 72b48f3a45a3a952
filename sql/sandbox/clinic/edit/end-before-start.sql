-- A slip of the keyboard: the visit ends the day before it began. A strict receiver refuses such a document.
-- $1 visit, $2 when, or null for now. One row: whether there was such a visit.
WITH slipped AS (
  UPDATE clinic.visit
  SET ended_at = began_at - interval '1 day', changed_at = coalesce($2::timestamptz, now())
  WHERE visit_id = $1::bigint
  RETURNING visit_id
)
SELECT EXISTS (SELECT FROM slipped) AS is_found
