-- Retires a registration in favour of another and moves its visits there.
-- $1 retired, $2 surviving, $3 when, or null for now. One row per moved visit.
WITH merge AS (
  INSERT INTO clinic.merge_log (retired_person_id, surviving_person_id, merged_at)
  VALUES ($1::bigint, $2::bigint, coalesce($3::timestamptz, now()))
  RETURNING merge_id, retired_person_id, surviving_person_id, merged_at
), moved AS (
  UPDATE clinic.visit
  SET person_id = merge.surviving_person_id, changed_at = merge.merged_at
  FROM merge
  WHERE visit.person_id = merge.retired_person_id
  RETURNING merge.merge_id, visit.visit_id
)
INSERT INTO clinic.merge_moved_visit (merge_id, visit_id)
SELECT merge_id, visit_id FROM moved
RETURNING visit_id::text AS id
