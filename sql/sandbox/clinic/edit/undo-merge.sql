-- Takes a merge back and moves the visits that it had moved to their first owner.
-- $1 retired, $2 when, or null for now. One row: whether there was a merge to undo.
WITH undone AS (
  UPDATE clinic.merge_log
  SET undone_at = coalesce($2::timestamptz, now())
  WHERE retired_person_id = $1::bigint AND undone_at IS NULL
  RETURNING merge_id, retired_person_id, undone_at
), moved_back AS (
  UPDATE clinic.visit
  SET person_id = undone.retired_person_id, changed_at = undone.undone_at
  FROM undone
  JOIN clinic.merge_moved_visit AS moved USING (merge_id)
  WHERE visit.visit_id = moved.visit_id
)
SELECT EXISTS (SELECT FROM undone) AS is_found
