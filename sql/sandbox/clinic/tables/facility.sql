-- One row per building.
CREATE TABLE clinic.facility (
  facility_code text PRIMARY KEY,
  name text NOT NULL
)
