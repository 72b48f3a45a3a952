-- Synthea's devices.csv.
-- One row per device given to a patient. NOT NULL: the file must have the column, and a row without it is reported.
CREATE UNLOGGED TABLE devices (
  start text,
  stop text,
  patient text,
  encounter text NOT NULL,
  code text,
  description text,
  udi text
)
