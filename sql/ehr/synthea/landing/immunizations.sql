-- Synthea's immunizations.csv. Older exports have COST for BASE_COST.
-- One row per dose. NOT NULL: the file must have the column, and a row without it is reported.
CREATE UNLOGGED TABLE immunizations (
  date text,
  patient text,
  encounter text NOT NULL,
  code text,
  description text,
  base_cost text,
  cost text
)
