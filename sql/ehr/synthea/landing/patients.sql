-- Synthea's patients.csv. Older exports lack MIDDLE, and some COUNTY. Columns that no query reads are not declared.
-- One row per patient. NOT NULL: the file must have the column, and a row without it is reported.
CREATE UNLOGGED TABLE patients (
  id text NOT NULL,
  birthdate text,
  deathdate text,
  ssn text,
  first text,
  middle text,
  last text,
  marital text,
  race text,
  ethnicity text,
  gender text,
  address text,
  city text,
  state text,
  county text,
  zip text
)
