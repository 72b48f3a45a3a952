-- One row per clinician.
CREATE TABLE clinic.practitioner (
  practitioner_id bigint PRIMARY KEY,
  npi text,
  given_name text NOT NULL,
  family_name text NOT NULL
)
