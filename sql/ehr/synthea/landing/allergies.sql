-- Synthea's allergies.csv. Older exports lack SYSTEM and all from TYPE on.
-- One row per allergy of a patient. NOT NULL: the file must have the column, and a row without it is reported.
CREATE UNLOGGED TABLE allergies (
  start text,
  stop text,
  patient text,
  encounter text NOT NULL,
  code text,
  system text,
  description text,
  type text,
  category text,
  reaction1 text,
  description1 text,
  severity1 text,
  reaction2 text,
  description2 text,
  severity2 text
)
