-- Gives a person another family name.
-- $1 person, $2 family name, $3 whether `changed_at` stays as it was, $4 when, or null for now.
-- One row: whether there was such a person.
WITH renamed AS (
  UPDATE clinic.person
  SET
    family_name = $2::text,
    changed_at = CASE WHEN $3::boolean THEN changed_at ELSE coalesce($4::timestamptz, now()) END
  WHERE person_id = $1::bigint
  RETURNING person_id
)
SELECT EXISTS (SELECT FROM renamed) AS is_found
