-- Cancels a visit, in whatever state it is.
-- $1 visit, $2 when, or null for now. One row: whether there was such a visit.
WITH cancelled AS (
  UPDATE clinic.visit
  SET state = 'CANCEL', changed_at = coalesce($2::timestamptz, now())
  WHERE visit_id = $1::bigint
  RETURNING visit_id
)
SELECT EXISTS (SELECT FROM cancelled) AS is_found
