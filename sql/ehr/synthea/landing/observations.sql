-- Synthea's observations.csv. Older exports lack CATEGORY. Scores of quality of life belong to no encounter, so ENCOUNTER may
-- be empty.
-- One row per value observed.
CREATE UNLOGGED TABLE observations (
  date text,
  patient text,
  encounter text,
  category text,
  code text,
  description text,
  value text,
  units text,
  type text
)
