-- Synthea's supplies.csv.
-- One row per supply used. NOT NULL: the file must have the column, and a row without it is reported.
CREATE UNLOGGED TABLE supplies (
  date text,
  patient text,
  encounter text NOT NULL,
  code text,
  description text,
  quantity text
)
