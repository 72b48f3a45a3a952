-- The visits that were booked up to the end of the day take place, except of inpatients.
-- $1 day, $2 when it was entered. One row per visit: id.
UPDATE clinic.visit
SET state = 'DONE', ended_at = visit.began_at + interval '30 minutes', note_version = 1, changed_at = $2::timestamptz
FROM clinic.department
WHERE department.department_id = visit.department_id
  AND department.visit_kind <> 'IP'
  AND visit.state = 'SCHED'
  AND visit.began_at < $1::date + 1
RETURNING visit.visit_id::text AS id
