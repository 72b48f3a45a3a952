-- $1 person, $2 time of death on the wall, $3 when it was entered, or null for now.
-- One row: whether there was such a person.
WITH died AS (
  UPDATE clinic.person
  SET is_deceased = true, died_at = $2::timestamp, changed_at = coalesce($3::timestamptz, now())
  WHERE person_id = $1::bigint
  RETURNING person_id
)
SELECT EXISTS (SELECT FROM died) AS is_found
