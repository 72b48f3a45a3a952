-- Visits in one of the given states that began in a span of days, in an order that looks random and is always the same.
-- $1 what the order is made of, $2 kind of department, or null for all but inpatient, $3 states, $4 from day, $5 to day
-- (both included), $6 ids to leave out, $7 how many. One row per visit: id.
SELECT visit.visit_id::text AS id
FROM clinic.visit
JOIN clinic.department USING (department_id)
WHERE visit.state = ANY ($3::text[])
  AND CASE WHEN $2::text IS NULL THEN department.visit_kind <> 'IP' ELSE department.visit_kind = $2::text END
  AND visit.began_at >= $4::date
  AND visit.began_at < $5::date + 1
  AND visit.visit_id <> ALL ($6::text[]::bigint[])
ORDER BY md5($1::text || visit.visit_id)
LIMIT $7::integer
