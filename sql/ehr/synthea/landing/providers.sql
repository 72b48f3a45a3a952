-- Synthea's providers.csv. Older exports have UTILIZATION, newer ones ENCOUNTERS and PROCEDURES. SPECIALITY is Synthea's
-- own spelling.
-- One row per clinician. NOT NULL: the file must have the column, and a row without it is reported.
CREATE UNLOGGED TABLE providers (
  id text NOT NULL,
  organization text,
  name text,
  gender text,
  speciality text,
  address text,
  city text,
  state text,
  zip text,
  lat text,
  lon text,
  utilization text,
  encounters text,
  procedures text
)
