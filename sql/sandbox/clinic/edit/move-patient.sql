-- Gives a person another address.
-- $1 person, $2 street, $3 city, $4 state, $5 postal code, $6 county, $7 country, $8 when, or null for now.
-- One row: is_found, always true.
WITH address AS (
  INSERT INTO clinic.person_address (
    person_id, street, city, state_code, postal_code, county, country_code, changed_at
  )
  VALUES ($1::bigint, $2, $3, $4, $5, $6, $7, coalesce($8::timestamptz, now()))
  ON CONFLICT (person_id) DO UPDATE
  SET
    street = excluded.street,
    city = excluded.city,
    state_code = excluded.state_code,
    postal_code = excluded.postal_code,
    county = excluded.county,
    country_code = excluded.country_code,
    changed_at = excluded.changed_at
  RETURNING person_id
)
SELECT EXISTS (SELECT FROM address) AS is_found
