-- One row per registration: a person who was registered twice has two, until somebody merges them, and keeps both after.
-- The codes are as the registration desk entered them.
CREATE TABLE clinic.person (
  person_id bigint PRIMARY KEY,
  mrn text NOT NULL UNIQUE,
  given_name text,
  middle_name text,
  family_name text,
  born_on date,
  sex_code text,
  race_code text,
  ethnic_code text,
  marital_code text,
  language_code text,
  religion text,
  tax_number text,
  is_deceased boolean NOT NULL,
  died_at timestamp,
  changed_at timestamptz NOT NULL
)
