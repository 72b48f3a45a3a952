-- A working day of the clinic: whom it concerns, and the visits that take place.

-- name: read_made_from
-- What the clinic was made from, and the highest ids given out so far; those of deleted people count where visits of
-- theirs remain.
-- One row: seed, built_on, last_person_id, last_visit_id; the ids null where there are none.
SELECT
  seed,
  built_on::text AS built_on,
  greatest(
    (SELECT max(person_id) FROM clinic.person), (SELECT max(person_id) FROM clinic.visit)
  )::text AS last_person_id,
  (SELECT max(visit_id) FROM clinic.visit)::text AS last_visit_id
FROM clinic.made_from;

-- name: pick_duplicates
-- People who are registered twice, which the tax number gives away; the newer registration is the one to retire.
-- $1 how many. One row per pair: retired, surviving.
SELECT newer.person_id::text AS retired, older.person_id::text AS surviving
FROM clinic.person AS newer
JOIN clinic.person AS older
  ON older.tax_number = newer.tax_number AND older.born_on = newer.born_on AND older.person_id < newer.person_id
WHERE NOT EXISTS (
  SELECT FROM clinic.merge_log AS merge
  WHERE merge.undone_at IS NULL AND merge.retired_person_id IN (newer.person_id, older.person_id)
)
ORDER BY newer.person_id
LIMIT $1::integer;

-- name: pick_people
-- Living people in an order that looks random and is the same every time; nobody who was merged away.
-- $1 what the order is made of, $2 ids to leave out, $3 how many. One row per person: id.
SELECT person.person_id::text AS id
FROM clinic.person
WHERE NOT person.is_deceased
  AND person.person_id <> ALL ($2::text[]::bigint[])
  AND NOT EXISTS (
    SELECT FROM clinic.merge_log AS merge
    WHERE merge.retired_person_id = person.person_id AND merge.undone_at IS NULL
  )
ORDER BY md5($1::text || person.person_id)
LIMIT $3::integer;

-- name: pick_visits
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
LIMIT $7::integer;

-- name: admit_inpatients
-- The inpatients who were expected by the end of the day arrive.
-- $1 day, $2 when it was entered. One row per visit: id.
UPDATE clinic.visit
SET state = 'ARRIVED', changed_at = $2::timestamptz
FROM clinic.department
WHERE department.department_id = visit.department_id
  AND department.visit_kind = 'IP'
  AND visit.state = 'SCHED'
  AND visit.began_at < $1::date + 1
RETURNING visit.visit_id::text AS id;

-- name: finish_visits
-- The visits that were booked up to the end of the day take place, except of inpatients.
-- $1 day, $2 when it was entered. One row per visit: id.
UPDATE clinic.visit
SET state = 'DONE', ended_at = visit.began_at + interval '30 minutes', note_version = 1, changed_at = $2::timestamptz
FROM clinic.department
WHERE department.department_id = visit.department_id
  AND department.visit_kind <> 'IP'
  AND visit.state = 'SCHED'
  AND visit.began_at < $1::date + 1
RETURNING visit.visit_id::text AS id;
