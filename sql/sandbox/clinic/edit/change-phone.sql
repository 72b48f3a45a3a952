-- Gives a person another mobile phone.
-- $1 person, $2 number as the desk typed it, $3 when, or null for now. One row: is_found, always true.
WITH contact AS (
  INSERT INTO clinic.person_contact (person_id, kind, value, changed_at)
  VALUES ($1::bigint, 'CELL', $2::text, coalesce($3::timestamptz, now()))
  ON CONFLICT (person_id, kind) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at
  RETURNING person_id
)
SELECT EXISTS (SELECT FROM contact) AS is_found
