-- Deletes a person with address and contacts; the visits stay and are orphans.
-- $1 person. One row: whether there was such a person.
WITH person AS (
  DELETE FROM clinic.person WHERE person_id = $1::bigint RETURNING person_id
), address AS (
  DELETE FROM clinic.person_address WHERE person_id = $1::bigint
), contact AS (
  DELETE FROM clinic.person_contact WHERE person_id = $1::bigint
)
SELECT EXISTS (SELECT FROM person) AS is_found
