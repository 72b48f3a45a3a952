-- Synthea's careplans.csv.
-- One row per activity of a care plan. NOT NULL: the file must have the column, and a row without it is reported.
CREATE UNLOGGED TABLE careplans (
  id text,
  start text,
  stop text,
  patient text,
  encounter text NOT NULL,
  code text,
  description text,
  reasoncode text,
  reasondescription text
)
