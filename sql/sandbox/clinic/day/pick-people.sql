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
LIMIT $3::integer
