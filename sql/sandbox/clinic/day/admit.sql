-- The inpatients who were expected by the end of the day arrive.
-- $1 day, $2 when it was entered. One row per visit: id.
UPDATE clinic.visit
SET state = 'ARRIVED', changed_at = $2::timestamptz
FROM clinic.department
WHERE department.department_id = visit.department_id
  AND department.visit_kind = 'IP'
  AND visit.state = 'SCHED'
  AND visit.began_at < $1::date + 1
RETURNING visit.visit_id::text AS id
