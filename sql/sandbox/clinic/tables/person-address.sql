-- One row per person with a known address.
CREATE TABLE clinic.person_address (
  person_id bigint PRIMARY KEY,
  street text,
  city text,
  state_code text,
  postal_code text,
  county text,
  country_code text,
  changed_at timestamptz NOT NULL
)
