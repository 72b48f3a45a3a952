-- Ends an inpatient stay.
-- $1 visit, $2 time on the wall, $3 disposition (UB-04 patient status), $4 when it was entered, or null for now.
-- One row: whether there was such a visit.
WITH discharged AS (
  UPDATE clinic.visit
  SET
    state = 'DONE',
    ended_at = $2::timestamp,
    disposition_code = $3::text,
    note_version = note_version + 1,
    changed_at = coalesce($4::timestamptz, now())
  WHERE visit_id = $1::bigint
  RETURNING visit_id
)
SELECT EXISTS (SELECT FROM discharged) AS is_found
