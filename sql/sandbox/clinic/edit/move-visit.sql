-- Moves a visit to another person: it was charted on the wrong one.
-- $1 visit, $2 its right person, $3 when, or null for now. One row: whether there was such a visit.
WITH moved AS (
  UPDATE clinic.visit
  SET person_id = $2::bigint, changed_at = coalesce($3::timestamptz, now())
  WHERE visit_id = $1::bigint
  RETURNING visit_id
)
SELECT EXISTS (SELECT FROM moved) AS is_found
