-- Synthea's conditions.csv. Older exports lack SYSTEM.
-- One row per condition of a patient. NOT NULL: the file must have the column, and a row without it is reported.
CREATE UNLOGGED TABLE conditions (
  start text,
  stop text,
  patient text,
  encounter text NOT NULL,
  system text,
  code text,
  description text
)
